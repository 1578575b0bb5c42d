"""Consents in the page's language: whose they are, who says it, and what she was not told of yet."""

from datetime import datetime

from models.views import CaseView
from procedures.consenting import giver_at
from procedures.language.consents import ConsentGiver, Subject, subject_of
from procedures.retelling import untold
from web.caselines import KnownConsent, UntoldLine, WantedConsent
from web.naming import Names
from web.saying import CONSENT_STATES, N_

NO_BIRTHDAY = N_("hangs on an age: record the day of birth first, as a fact")


def wanted(view: CaseView, names: Names, now: datetime) -> tuple[WantedConsent, ...]:
    """What somebody has to be asked, and the steps that wait for it."""
    hashes = {run.run_id: run.content_hash for run in view.runs}
    steps: dict[str, list[str]] = {}
    for awaited in view.awaited_consents:
        title = names.step(hashes.get(awaited.run_id, ""), awaited.step)
        steps.setdefault(awaited.consent, []).append(title)
    return tuple(
        WantedConsent(name, names.consent(name), tuple(found), _giver(view, names, name, now))
        for name, found in steps.items()
    )


def _giver(view: CaseView, names: Names, consent: str, now: datetime) -> str:
    """Who has to be asked, where that is not the survivor herself."""
    giver = giver_at(names.library, view.state, consent, now)
    if giver is None:
        return names.words.gettext(NO_BIRTHDAY)
    hers = giver is ConsentGiver.HERSELF and subject_of(consent) is Subject.SURVIVOR
    return "" if hers else names.giver(giver)


def known(view: CaseView, names: Names) -> tuple[KnownConsent, ...]:
    """What was said so far, and by whom."""
    found = []
    for name, state in sorted(view.state.consents.items()):
        said, note = names.words.gettext(CONSENT_STATES[state]), view.state.consent_notes.get(name)
        if note is not None:
            said = f"{said} ({names.giver(note.by)})"
        found.append(KnownConsent(name, names.consent(name), state, said))
    return tuple(found)


def not_told(view: CaseView, names: Names) -> tuple[UntoldLine, ...]:
    """What was begun without her consent and she does not know yet: a debt until somebody told her."""
    found = []
    for run in view.state.runs.values():
        pathway = names.pinned(run.content_hash)
        for acted, telling in untold(pathway, run) if pathway else ():
            title, talk = (names.step(run.content_hash, step) for step in (acted.step, telling))
            found.append(UntoldLine(title, talk, acted.started_at))
    return tuple(found)
