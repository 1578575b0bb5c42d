"""What happened, in the one-line words of a scenario.

Every event has its line, or stands in `SILENT` with the reason why nobody would notice it. An event that is new here
is told by its own name until somebody finds it better words, so that nothing ever happens unseen.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from procedures import events as e
from procedures.alert_events import ECHOES
from procedures.case import CaseState, LimitState
from procedures.directory import ContactKind, Directory
from procedures.language.consents import ConsentGiver
from procedures.scenario.moments import moment_words

SUBJECTS = (
    "alert",
    "nobody",
    "step",
    "handoff",
    "limit",
    "pathway",
    "case",
    "consent",
    "contact",
    "fact",
    "signal",
    "refused",
)
"""The first word of each line."""
SILENT: frozenset[type[e.Event]] = frozenset(
    {
        e.AlertWithdrawn,  # a message that was not sent
        e.RungClimbed,  # the alert that it leads to is told
        e.DeliveryUncertain,  # one attempt; what became of the alert in the end is told
        e.ReceiptCame,  # a story knows no mail servers
    }
)


@dataclass(slots=True)
class Around:
    """What a line is told from."""

    directory: Directory
    start: datetime
    state: CaseState
    """After the command that made the event."""
    alerts: dict[str, str] = field(default_factory=dict)
    """What each alert was for and to whom, by its id."""

    def when(self, at: datetime | None) -> str:
        """A moment in words."""
        return "never" if at is None else moment_words(at, self.start)


def tell(event: e.Event, around: Around) -> tuple[str, ...]:
    """The lines for one event."""
    if type(event) in SILENT:
        return ()
    found = _TOLD.get(type(event))
    return found(event, around) if found else (_by_its_name(event, around),)


def channel(directory: Directory, person: str, number: int | None = None) -> str:
    """The channel that is tried first for a person, or the one of that number."""
    known = directory.people.get(person)
    if known is None or not known.ways:
        return "nothing"
    return (known.ways[0] if number is None else known.contacts[number]).kind.value


def _by_its_name(event: e.Event, around: Around) -> str:
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(event).__name__).lower()
    if isinstance(event, e.HandoffEvent):
        return f"handoff {_place(event, around)} {words}"
    if isinstance(event, e.StepEvent):
        return f"step {event.step} {words}"
    if isinstance(event, e.RunEvent):
        return f"pathway {_pathway(event, around)} {words}"
    return f"case {words}"


def _alert(event: e.AlertQueued, around: Around) -> tuple[str, ...]:
    if event.purpose in ECHOES:
        return ()  # the house's own after every answer, whatever the procedure says
    words = f"{event.purpose} to {event.to.id} {event.person}"
    around.alerts[event.alert_id] = words
    return (f"alert {words} by {channel(around.directory, event.person, event.contact)}",)


def _settled(event: e.AlertSettled, around: Around) -> tuple[str, ...]:
    words = around.alerts.get(event.alert_id)
    if words is None:
        return ()  # of an echo
    how = {"failed": "could not be delivered", "uncertain": "may have been lost"}.get(event.result)
    return (f"alert {words} {how}",) if how else ()


def _place(event: e.HandoffEvent, around: Around) -> str:
    """The step, and who is asked."""
    handoff = around.state.handoffs.get(event.ref)
    return f"{handoff.step} {handoff.service or handoff.owner.id}" if handoff else "?"


def _step_of(event: e.HandoffEvent, around: Around) -> str:
    handoff = around.state.handoffs.get(event.ref)
    return handoff.step if handoff else "?"


def _pathway(event: e.RunEvent, around: Around) -> str:
    run = around.state.runs.get(event.run_id)
    return run.pathway if run else "?"


def _limits(subject: str, limits: tuple[LimitState, ...], around: Around) -> tuple[str, ...]:
    """One line for each end of time; the clock is named where it is not the network's own promise."""
    said = {"protocol": ""}
    return tuple(
        f"limit {subject}{said.get(limit.clock, f' {limit.clock}')} by {around.when(limit.at)}" for limit in limits
    )


def _requested(event: e.HandoffRequested, around: Around) -> tuple[str, ...]:
    asks = "waits for a pick by" if event.to_pick else "asks"
    asked = f"handoff {event.step} {asks} {event.service or event.owner.id}"
    accept = (f"limit {event.step} accept by {around.when(event.accept_by)}",) if event.accept_by else ()
    less = (f"handoff {event.step} is withheld",) if event.withheld else ()
    return (asked, *less, *accept, *_limits(f"{event.step} result", event.limits, around))


def _accepted(event: e.HandoffAccepted, around: Around) -> tuple[str, ...]:
    step = _step_of(event, around)
    sign = (f"limit {step} first sign by {around.when(event.first_sign_by)}",) if event.first_sign_by else ()
    said = f"handoff {step} {event.party.id} accepted"
    return (said, *sign, *_limits(f"{step} result", event.limits, around))


def _passed(event: e.DeadlinePassed, around: Around) -> tuple[str, ...]:
    word = {"complete": "result", "first_sign": "first sign"}.get(event.clock_name, event.clock_name.value)
    return (f"limit {_step_of(event, around)} {word} passed",)


def _moved(event: e.LimitMoved | e.LimitExtended | e.HandoffRetimed, around: Around) -> tuple[str, ...]:
    word = "longer" if isinstance(event, e.LimitExtended) else "moved"
    return (f"limit {_step_of(event, around)} result {word} to {around.when(event.new_at)}",)


def _consent(event: e.ConsentGiven | e.ConsentRefused, _around: Around) -> tuple[str, ...]:
    word = "given" if isinstance(event, e.ConsentGiven) else "refused"
    return (f"consent {event.consent} {word}" + (f" by {event.note.by}" if event.note else ""),)


def _nobody(event: e.NoServiceFound, _around: Around) -> tuple[str, ...]:
    what = f" for {event.competence}" if event.competence else ""
    return (f"step {event.step} finds nobody{what}{NOBODY_BECAUSE[event.because]}",)


def _chosen(event: e.ServiceChosen, _around: Around) -> tuple[str, ...]:
    where = f" in {event.territory}" if event.territory else ""
    over = f" over {' '.join(event.passed_over)}" if event.passed_over else ""
    return (f"step {event.step} chooses {event.service}{where}{over}",)


def _started(event: e.PathwayStarted, around: Around) -> tuple[str, ...]:
    return (f"pathway {event.pathway} starts", *_limits(f"{event.pathway} pathway", event.limits, around))


def _said(template: str) -> Callable[..., tuple[str, ...]]:
    """A line from the event's own fields; `{place}` is the step and who is asked, `{pathway}` its pathway."""

    def line(event: e.Event, around: Around) -> tuple[str, ...]:
        data = dict(event.__dict__)
        if isinstance(event, e.HandoffEvent):
            data |= {"place": _place(event, around), "step": _step_of(event, around)}
        if isinstance(event, e.RunEvent):
            data["pathway"] = _pathway(event, around)
        if isinstance(data.get("value"), bool):
            data["value"] = str(data["value"]).lower()
        moments = {name: around.when(at) for name, at in data.items() if isinstance(at, datetime)}
        return (template.format(**{**data, **moments}),)

    return line


NOBODY_BECAUSE = {
    e.NobodyBecause.NOBODY: "",
    e.NobodyBecause.TERRITORY_UNKNOWN: " territory unknown",
    e.NobodyBecause.BODY_UNKNOWN: " body unknown",
    e.NobodyBecause.PERSON_UNKNOWN: " person unknown",
    e.NobodyBecause.NOT_DELEGABLE: " not delegable",
    e.NobodyBecause.ALL_ASKED: " all asked",
    e.NobodyBecause.CONSENT_OVER: " consent over",
    e.NobodyBecause.PICKED: " picked",
}
LINES: Mapping[type[e.Event], str] = {
    e.CaseOpened: "case opened",
    e.CaseClosed: "case closed",
    e.CaseCancelled: "case cancelled {reason}",
    e.ConsentRevoked: "consent {consent} revoked",
    e.ConsentLapsed: "consent {consent} lapsed {reason}",
    e.ConsentForService: "consent {consent} for {service} {word}",
    e.ConsentEndsSoon: "consent {consent} ends soon",
    e.PathwayEnded: "pathway {pathway} ends {outcome}",
    e.PathwayCancelled: "pathway {pathway} cancelled {reason}",
    e.PathwayLimitPassed: "limit {pathway} pathway passed",
    e.PathwayLimitMoved: "limit {pathway} pathway moved to {new_at}",
    e.StepStarted: "step {step} begins",
    e.StepAwaitedConsent: "step {step} waits for consent",
    e.StepSkipped: "step {step} skipped {reason}",
    e.StepEnded: "step {step} ends {result}",
    e.StepCancelled: "step {step} cancelled {reason}",
    e.StepHeld: "step {step} held until {until}",
    e.StepReleased: "step {step} released",
    e.StepPaused: "step {step} stands still by {signal}",
    e.StepResumed: "step {step} goes on by {signal}",
    e.SignalGiven: "signal {signal} given to {pathway}",
    e.FactChanged: "fact {fact} becomes {value}",
    e.MoreToTell: "step {step} has more to tell of {of}",
    e.StepReviewed: "step {step} reviewed {finding}",
    e.StepWaitsAgain: "step {step} waits again",
    e.StepTurns: "step {step} turns at {until}",
    e.StepTurnsNoMore: "step {step} turns no more",
    e.StepRepeats: "step {step} comes again at {until}",
    e.RepetitionEnded: "step {step} comes no more {reason}",
    e.StepBegunFirst: "step {step} begun first {reason}",
    e.StepOwed: "step {step} owed for {begun}",
    e.StepDecidedAnew: "step {step} decided anew {result}",
    e.StepKept: "step {step} goes on",
    e.PathwayMoved: "pathway {pathway} goes by edition {edition}",
    e.StepLookedAtAnew: "step {step} looked at anew",
    e.PathwayReopened: "pathway {pathway} reopened {reason}",
    e.CaseReopened: "case reopened",
    e.StepForgone: "step {step} forgone {reason}",
    e.ContactForbidden: "contact forbidden",
    e.ContactAllowed: "contact allowed",
    e.LimitAlreadyOver: "limit {step} result was over at {limit_at}",
    e.NobodyToCall: "nobody to call about {step}",
    e.HandoffAcknowledged: "handoff {place} acknowledged",
    e.HandoffAskedBack: "handoff {place} asked back",
    e.HandoffGivenToColleague: "handoff {place} given to {colleague}",
    e.NoticeRead: "handoff {place} read",
    e.AcceptanceClaimed: "handoff {place} said to be taken",
    e.AcceptanceConfirmed: "handoff {place} confirmed {how}",
    e.ClaimDenied: "handoff {place} not taken after all",
    e.AcceptanceDenied: "handoff {place} falsely taken",
    e.HolderLeft: "handoff {place} left alone",
    e.HandoffDeclined: "handoff {place} declined {reason}",
    e.HandoffTakenByOther: "handoff {place} taken by another",
    e.ServicePicked: "handoff {step} picks {service} of {out_of}",
    e.FirstSignNoted: "handoff {place} begun",
    e.ResultProposed: "handoff {place} proposed {result}",
    e.HandoffCompleted: "handoff {place} completed {result}",
    e.HandoffExpired: "handoff {place} expired",
    e.HandoffLapsed: "handoff {place} lapsed {result}",
    e.HandoffCancelled: "handoff {place} cancelled {reason}",
    e.OwnerChanged: "handoff {step} goes to {owner.id}",
    e.AnswerCameLate: "handoff {place} answers late",
    e.LongerTimeAsked: "handoff {place} asks for longer time",
    e.LongerTimeAgreed: "handoff {step} longer time agreed by {body}",
}
"""Events that one line tells from their own fields."""
_TOLD: Mapping[type[e.Event], Callable[..., tuple[str, ...]]] = {
    **{kind: _said(template) for kind, template in LINES.items()},
    e.ConsentGiven: _consent,
    e.ConsentRefused: _consent,
    e.AlertQueued: _alert,
    e.AlertSettled: _settled,
    e.HandoffRequested: _requested,
    e.HandoffAccepted: _accepted,
    e.DeadlinePassed: _passed,
    e.LimitMoved: _moved,
    e.LimitExtended: _moved,
    e.HandoffRetimed: _moved,
    e.PathwayStarted: _started,
    e.NoServiceFound: _nobody,
    e.ServiceChosen: _chosen,
}
_OTHER_WORDS = (
    "to by at could not be delivered may have been lost asks accept result first sign accepted passed longer moved "
    "given refused withheld waits for a pick "
    "starts nothing never does-not-fit told ended finds nobody territory body person unknown not delegable all asked "
    "chooses in over only also not consent"
)
"""The words of lines that are put together by a function."""
TOLD = frozenset(_TOLD) | SILENT
"""Events that have words of their own, or none on purpose."""


def words() -> Iterator[str]:
    """Every word of a line that is no name, no code and no moment."""
    yield from (*ConsentGiver, *SUBJECTS, *(kind.value for kind in ContactKind), *_OTHER_WORDS.split(" "))
    for template in LINES.values():
        yield from (word for word in template.split(" ") if "{" not in word)
