"""What is held of her, as a page to be read and printed, and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from html import escape

from cli.naming import Names
from cli.printing import moment
from cli.speech import _, language
from cli.words import spaced
from models.gathering import ConsentSaid, Gathered, HeldAddress, HeldConsent, HeldHandoff
from models.reads import READS
from notifiers.her_words import SENTENCES
from notifiers.language import translator
from procedures.case import ConsentState
from procedures.consent_notes import TakenHow
from procedures.language.consents import ConsentGiver
from procedures.marking import N_
from procedures.safe_ways import OUTCOMES, WAY_KINDS, Outcome, WayKind
from procedures.showing.consents import GIVERS

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;"
    "width:100%}td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "h2{margin-top:2rem}pre{white-space:pre-wrap;font:inherit}"
)
STATES = {
    ConsentState.GIVEN: N_("you agreed"),
    ConsentState.REFUSED: N_("you did not agree"),
    ConsentState.REVOKED: N_("you took it back"),
}
HOW = {
    TakenHow.IN_PERSON: N_("in person"),
    TakenHow.TELEPHONE: N_("by telephone"),
    TakenHow.IN_WRITING: N_("in writing"),
    TakenHow.INTERPRETER: N_("through an interpreter"),
}
SAID = {
    "consent_given": N_("you agreed"),
    "consent_refused": N_("you did not agree"),
    "consent_revoked": N_("you took it back"),
    "consent_lapsed": N_("its time was over, or you came of age"),
    "consent_for_service_only": N_("for this service alone"),
    "consent_for_service_also": N_("for this service, too"),
    "consent_for_service_not": N_("not for this service"),
}
LOOKED = {
    "operator": N_("somebody of the desk, of a service, or of those who check"),
    "program": N_("a program of one of the bodies"),
    "shell": N_("whoever runs this machine"),
}
GATHERED = N_("Gathered on {at}. Keep it where nobody finds it, or do not keep it.")
HEADING = N_("What is kept about you")
NOT_HERE = N_("What is not written here, and until when it is kept")
NOTHING_KEPT = N_("Nothing is kept.")
NOTHING = "-"
Row = Sequence[str | None]


def as_json(found: Gathered) -> str:
    """The same for programs: ids as they are kept, moments in UTC."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def page(found: Gathered, names: Names) -> str:
    """The page. Its title says nothing: it stands in lists of files and of windows."""
    parts = [
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">',
        f"<title>{escape(found.code)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(_(HEADING))}</h1>",
        f"<p>{escape(_(GATHERED).format(at=_at(found.gathered_at)))}</p>",
        *_section(_("You and your case"), (_("what"), _("what is kept")), _about(found)),
        *_section(_("How you can be reached safely"), _address_heads(), [_address(one) for one in found.addresses]),
        *_section(
            _("What was written to you"),
            (_("when"), _("what"), _("result")),
            [(_at(one.at), SENTENCES[one.sentence].get(language()), _outcome(one.outcome)) for one in found.written],
        ),
        *_section(
            _("What you told"),
            (_("what"), _("what is kept")),
            [(names.fact(name), names.fact_value(name, value)) for name, value in found.facts.items()],
        ),
        *_section(_("What you agreed to"), _consent_heads(), [_consent(one, names) for one in found.consents]),
        *(line for one in found.consents if one.read_out for line in _read_out(one)),
        *_section(
            _("What was said of it, one after the other"),
            (_("when"), _("what for"), _("what"), _("service")),
            [_said(one, names) for one in found.said],
        ),
        *_section(
            _("Who was asked to do what, and when"), _handoff_heads(), [_handoff(h, names) for h in found.handoffs]
        ),
        *_section(
            _("Who looked at your case"),
            (_("when"), _("who"), _("what")),
            [(_at(one.at), _(LOOKED.get(one.role, one.role)), _rule(READS[one.what])) for one in found.looks],
        ),
        f"<h2>{escape(_(NOT_HERE))}</h2>",
        *(f"<p>{escape(sentence)}</p>" for sentence in _closing(found)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _address_heads() -> Row:
    return (
        _("how"),
        _("address"),
        _("when"),
        _("a message may be left"),
        _("what may be said"),
        _("until"),
        _("asked"),
    )


def _address(one: HeldAddress) -> Row:
    until = None if one.until is None else one.until.isoformat()
    leave = _("yes") if one.may_leave_word else _("no")
    return (_rule(WAY_KINDS[WayKind(one.kind)]), one.address, one.when, leave, one.may_say, until, _at(one.asked_at))


def _outcome(outcome: str) -> str:
    return _rule(OUTCOMES[Outcome(outcome)])


def _consent_heads() -> Row:
    return (_("what for"), _("what you said"), _("when"), _("how"), _("language"), _("until"), _("services"))


def _handoff_heads() -> Row:
    return (_("service"), _("what for"), _("asked"), _("told"), _("taken"), _("ended"), _("result"))


def _section(heading: str, heads: Row, rows: Sequence[Row]) -> Iterator[str]:
    yield f"<h2>{escape(heading)}</h2>"
    if not rows:
        yield f"<p>{escape(_(NOTHING_KEPT))}</p>"
        return
    yield (
        "<table><thead><tr>" + "".join(f'<th scope="col">{escape(head or "")}</th>' for head in heads) + "</tr></thead>"
    )
    for row in rows:
        yield "<tr>" + "".join(f"<td><pre>{escape(cell or NOTHING)}</pre></td>" for cell in row) + "</tr>"
    yield "</table>"


def _about(found: Gathered) -> list[Row]:
    return [
        (_("the code of your case"), found.code),
        (_("opened"), _at(found.opened_at)),
        (_("ended"), _at(found.ended_at)),
        (_("territory"), found.territory),
        (_("your name"), found.name),
        (_("where you can be reached safely"), found.safe_contact),
        (_("note"), found.note),
        (_("not to be contacted since"), _at(found.no_contact_since)),
    ]


def _consent(one: HeldConsent, names: Names) -> Row:
    unknown = _("not noted")
    who = f" ({_rule(GIVERS[ConsentGiver(one.said_by)])})" if one.said_by else ""
    only = [names.service(service) for service in one.only or ()]
    without = [names.service(service) for service in one.without]
    services = [_("only: {services}").format(services=", ".join(only))] if only else []
    services += [_("not: {services}").format(services=", ".join(without))] if without else []
    return (
        spaced(one.consent),
        _(STATES[one.state]) + who,
        _at(one.taken_at) or unknown,
        _(HOW[TakenHow(one.how)]) if one.how else unknown,
        one.language or unknown,
        _at(one.until) or (_("until you take it back") if one.state is ConsentState.GIVEN else None),
        "\n".join(services) or _("any that the procedure asks"),
    )


def _read_out(one: HeldConsent) -> Iterator[str]:
    heading = _("What you were read before you answered: {consent}").format(consent=spaced(one.consent))
    yield f"<h3>{escape(heading)}</h3>"
    for code, text in (one.read_out or {}).items():
        yield f'<pre lang="{escape(code)}">{escape(text)}</pre>'


def _said(one: ConsentSaid, names: Names) -> Row:
    return (_at(one.at), spaced(one.consent), _(SAID[one.what]), names.service(one.service) if one.service else None)


def _handoff(one: HeldHandoff, names: Names) -> Row:
    evidence = "\n".join(f"{spaced(name)}: {names.fact_value(name, value)}" for name, value in one.evidence.items())
    result = spaced(one.result) if one.result else spaced(one.state)
    return (
        names.service(one.service) if one.service else _("the coordination"),
        names.step(one.pathway, one.step, one.content_hash),
        _at(one.asked_at),
        _at(one.told_at),
        _at(one.accepted_at),
        _at(one.ended_at),
        "\n".join(part for part in (result, evidence) if part),
    )


def _closing(found: Gathered) -> Iterator[str]:
    if found.about_others:
        yield _("What concerns a child or another person is not written here: whoever may speak for them asks for it.")
    if found.kept_away:
        yield _(
            "Some are kept away from your case: {count}. Who they are is kept, and is not written on paper."
        ).format(count=found.kept_away)
    yield _("Of those who worked for you, and of those who looked, the office is told and not the name.")
    if found.kept_until:
        yield _("It is kept until {at}.").format(at=_at(found.kept_until))
    else:
        yield _("No day is set on which it is erased. You can ask for that, and to have mended what is wrong.")


def _at(at: datetime | None) -> str | None:
    return moment(at)


def _rule(sentence: str) -> str:
    return translator(language(), "procedures").gettext(sentence)
