"""Consents in the page's language: whose they are, who says it, and what she was not told of yet."""

from collections.abc import Iterable
from datetime import datetime

from models.views import CaseView
from procedures.case import ConsentState, RunState
from procedures.consent_notes import EVERY_SERVICE, ConsentTaken
from procedures.consenting import gate_of, giver_at
from procedures.language.consents import ConsentGiver, Subject, subject_of
from procedures.placing import competences_of
from procedures.retelling import untold
from procedures.schema import StartStep
from web.caselines import KnownConsent, UntoldLine, WantedConsent
from web.consentform import HOW, LANGUAGES
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
    """What was said so far, by whom, how it was taken, and for which services."""
    found, kept = [], view.state
    for name, state in sorted(kept.consents.items()):
        said, note = names.words.gettext(CONSENT_STATES[state]), kept.consent_notes.get(name)
        if note is not None:
            said = f"{said} ({names.giver(note.by)})"
        taken, services = kept.consent_taken.get(name), kept.consent_services.get(name, EVERY_SERVICE)
        given = state is ConsentState.GIVEN
        found.append(
            KnownConsent(
                name,
                names.consent(name),
                state,
                said,
                how=taken_said(taken, names),
                until=taken.until if taken else None,
                ends_soon=bool(taken and taken.ends_soon),
                only=_named(services.only or (), names),
                without=_named(services.without, names),
                offered=_named(_offered(view, names, name), names) if given else (),
            )
        )
    return tuple(found)


def taken_said(taken: ConsentTaken | None, names: Names) -> str:
    """How, in which language and when it was taken; what nobody noted is said to be unknown."""
    if taken is None:
        return ""
    say, unknown = names.words.gettext, names.words.gettext(N_("not noted"))
    language = LANGUAGES.get(taken.language or "", taken.language or unknown)
    read = say(N_("the text was read")) if taken.text else say(N_("no text was read"))
    how = say(HOW[taken.how]) if taken.how else unknown
    said = say(N_("%(how)s, language: %(language)s, %(read)s"))
    return said % {"how": how, "language": language, "read": read}


def _named(services: Iterable[str], names: Names) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((one, names.service(one)) for one in services), key=lambda pair: pair[1]))


def _offered(view: CaseView, names: Names, consent: str) -> frozenset[str]:
    """The services of the case's territory that a step under this consent can be asked of, and those asked already."""
    found: set[str] = set()
    for run in view.state.runs.values():
        pathway = names.pinned(run.content_hash)
        steps = pathway.steps.values() if pathway and run.state is RunState.RUNNING else ()
        for step in steps:
            if pathway is None or isinstance(step, StartStep) or gate_of(names.library, pathway, step) != consent:
                continue
            found |= {view.state.handoffs[ref].service or "" for ref in run.steps[step.name].handoffs}
            found |= {
                service.id
                for service in names.directory.services.values()
                if view.row.territory in service.territories and service.competences & {*competences_of(step)}
            }
    return frozenset(one for one in found if one and view.state.agreed(consent, one))


def not_told(view: CaseView, names: Names) -> tuple[UntoldLine, ...]:
    """What was begun without her consent and she does not know yet: a debt until somebody told her."""
    found = []
    for run in view.state.runs.values():
        pathway = names.pinned(run.content_hash)
        for acted, telling in untold(pathway, run) if pathway else ():
            title, talk = (names.step(run.content_hash, step) for step in (acted.step, telling))
            found.append(UntoldLine(title, talk, acted.started_at))
    return tuple(found)
