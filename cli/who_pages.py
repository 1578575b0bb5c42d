"""What `staffetta who-now` shows."""

from collections.abc import Iterator, Sequence

from cli.case_pages import Row, names_of
from cli.speech import _
from models.composition import House
from procedures.events import NobodyBecause
from procedures.marking import N_
from procedures.whonow import WhoRow, WhoWhen

WHEN = {
    WhoWhen.NOW: N_("at once"),
    WhoWhen.LATER: N_("when its turn comes"),
    WhoWhen.SIGNAL: N_("when a signal comes"),
    WhoWhen.CONSENT: N_("after her consent"),
    WhoWhen.OWED: N_("still owed"),
    WhoWhen.LEFT_OUT: N_("not with these facts"),
}
BECAUSE = {
    NobodyBecause.TERRITORY_UNKNOWN: N_("coordinator: not told in which territory"),
    NobodyBecause.BODY_UNKNOWN: N_("coordinator: not known which body did the step before"),
    NobodyBecause.PERSON_UNKNOWN: N_("coordinator: not known which person took the step before"),
    NobodyBecause.PICKED: N_("the operator"),
}
"""Why no service would be asked, where it is more than that nobody is there."""
COORDINATOR = N_("coordinator")


def folded(rows: Sequence[WhoRow]) -> tuple[Sequence[WhoRow], int]:
    """The rows of whoever may be called, and how many others there are."""
    shown = [row for row in rows if row.when is not WhoWhen.LEFT_OUT]
    return shown, len(rows) - len(shown)


def who_rows(house: House, rows: Sequence[WhoRow]) -> Iterator[Row]:
    """One line per step; who is called is named by role."""
    names = names_of(house)
    for row in rows:
        yield (
            _(WHEN[row.when]),
            names.pathway(row.pathway),
            names.step(row.pathway, row.step, competence_=row.competence),
            _("picked by the operator")
            if row.because is NobodyBecause.PICKED
            else names.service(row.service, row.coordinator),
            names.role(row.service, row.person)
            or (_(BECAUSE[row.because]) if row.because in BECAUSE else _("coordinator")),
            row.channel,
        )
