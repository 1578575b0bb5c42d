"""The trail in plain words: one sentence for each kind of event."""

from collections.abc import Iterable, Mapping
from functools import partial

from cli.carrier_words import carrier_reason
from cli.naming import Names, agreeing, voice
from cli.printing import moment
from cli.speech import _, language, translate_fault
from cli.words import spaced
from models.views import HandoffRow, RunView
from notifiers.language import translator
from procedures.case import Handoff, PartyKind, PathwayRun
from procedures.commands import ConfirmedHow, DeliveryResult, ReviewFinding
from procedures.consent_notes import ServiceWord
from procedures.events import (
    AlertSettled,
    AnyEvent,
    CaseOpened,
    ConsentForService,
    ConsentLapsed,
    HandoffRequested,
    NobodyBecause,
    NoServiceFound,
    ReceiptCame,
    ServiceChosen,
    ServicePicked,
    StepDecidedAnew,
)
from procedures.language.consents import ConsentGiver
from procedures.marking import N_
from procedures.schema import OPERATOR
from procedures.showing.choices import Saying, why_chosen
from procedures.showing.consents import GIVERS

SENTENCES: Mapping[str, str] = {
    "case_opened": N_("The case was opened in {territory}."),
    "consent_given": N_("She gave the consent {consent}."),
    "consent_refused": N_("She did not give the consent {consent}."),
    "consent_revoked": N_("She took back the consent {consent}."),
    "consent_lapsed": N_("Of age: what others said to {consent} counts no more, the person concerned is asked."),
    "consent_ends_soon": N_("{consent} was agreed until a day that is near: she is to be asked again."),
    "consent_for_service": N_("She does not want it of {who}: {consent}."),
    "step_reviewed": N_("What was done without her consent was reviewed, “{step}”: {finding}."),
    "more_to_tell": N_("Something more was begun without her consent: “{step}” is due again."),
    "fact_changed": N_("{fact}: {value} (before: {before}); {reason}, on the word of {by}."),
    "pathway_started": N_("The pathway “{pathway}” began."),
    "pathway_ended": N_("The pathway “{pathway}” ended: {outcome}."),
    "pathway_cancelled": N_("The pathway “{pathway}” was cancelled: {reason}."),
    "step_started": N_("“{step}” began."),
    "step_awaited_consent": N_("“{step}” waits until she was asked for her consent."),
    "step_skipped": N_("“{step}” was left out: {reason}."),
    "step_ended": N_("“{step}” ended: {result}."),
    "step_cancelled": N_("“{step}” was cancelled: {reason}."),
    "no_service_found": N_("Nobody can be asked for “{step}” now: the coordinator gets it."),
    "service_chosen": N_("For “{step}” the procedure leads to {who}: {terms}."),
    "service_picked": N_("{who} picked for “{step}”, out of {out_of} that can be asked."),
    "limit_already_over": N_("For “{step}” a limit was over already, at {limit_at}."),
    "handoff_requested": N_("{ref}: “{step}” asked of {who}."),
    "handoff_acknowledged": N_("{ref}: seen."),
    "handoff_asked_back": N_("{ref}: a telephone call is asked for before it is answered."),
    "handoff_given_to_colleague": N_("{ref}: a colleague is alerted, too."),
    "notice_read": N_("{ref}: what the notice says was read."),
    "handoff_accepted": N_("{ref}: taken by {who}."),
    "acceptance_claimed": N_("{ref}: {who} is said to take it, without a PIN: not confirmed, the calls go on."),
    "acceptance_confirmed": N_("{ref}: a coordinator made sure that it is taken ({how})."),
    "claim_denied": N_("{ref}: that somebody takes it was false."),
    "acceptance_denied": N_("{ref}: that it was taken was false: it is taken away again."),
    "holder_left": N_("{ref}: whoever had it left the network, somebody else is asked."),
    "handoff_declined": N_("{ref}: declined: {reason}."),
    "result_proposed": N_("{ref}: a result waits for a second person: {result}."),
    "handoff_taken_by_other": N_("{ref}: not needed any more, another took “{step}” first."),
    "first_sign_noted": N_("{ref}: work has begun."),
    "handoff_completed": N_("{ref}: completed: {result}."),
    "handoff_expired": N_("{ref}: no answer; the next service is asked."),
    "handoff_cancelled": N_("{ref}: cancelled: {reason}."),
    "rung_climbed": N_("{ref}: no answer yet, next call: {to}."),
    "deadline_passed": N_("{ref}: a promised time went by ({clock_name})."),
    "owner_changed": N_("{ref}: {who} answers for it now."),
    "answer_came_late": N_("{ref}: an answer came that can no longer count ({answer}); it stands as {stands}."),
    "alert_queued": N_("Alert to {who}: {purpose}."),
    "alert_withdrawn": N_("An alert that was not sent yet is not needed any more."),
    "nobody_to_call": N_("Nobody is left who may be called for “{step}”: please look for somebody."),
    "delivery_uncertain": N_(
        "The alert by {channel}, attempt {attempt}: uncertain, nobody can say whether it arrived ({why})."
    ),
    "receipt_came": N_("The alert by {channel} is still on its way ({why})."),
    "step_waits_again": N_("“{step}” had been left out and can take place after all."),
    "step_turns": N_("“{step}”: time changes at {until} whether it is for this case; it is looked at again then."),
    "step_turns_no_more": N_("“{step}”: time alone changes nothing about it any more."),
    "step_held": N_("“{step}” may begin at {until}, not before."),
    "step_released": N_("“{step}” may begin now."),
    "limit_moved": N_("{ref}: the time for the result has changed: {new_at} (before: {old_at})."),
    "longer_time_asked": N_("{ref}: longer time was asked for."),
    "longer_time_agreed": N_("{ref}: {body} agrees to longer time."),
    "limit_extended": N_("{ref}: there is longer time: {new_at} (before: {old_at})."),
    "handoff_lapsed": N_("{ref}: its time is over, and the procedure says what that means: {result}."),
    "pathway_limit_passed": N_("The pathway “{pathway}” is not over in its time, which ended at {limit_at}."),
    "pathway_limit_moved": N_("The time for the pathway “{pathway}” has changed: {new_at} (before: {old_at})."),
    "contact_forbidden": N_("She does not want to be contacted again: what rests on her consent stops."),
    "contact_allowed": N_("She may be contacted again; what she had agreed to is asked anew."),
    "step_repeats": N_("“{step}” comes again on {until}. Times so far: {rounds}."),
    "repetition_ended": N_("“{step}” does not come again. Times in all: {rounds} ({reason})."),
    "case_reopened": N_("The case was over, and is open again."),
    "pathway_reopened": N_("The pathway “{pathway}” is begun anew: {reason}."),
    "step_decided_anew": N_("“{step}” was decided anew: {result} (before: {old_result}). Why: {reason}."),
    "step_kept": N_("“{step}” goes on, though “{begun}” was decided anew."),
    "step_begun_first": N_("“{step}” was begun before its turn: {reason}."),
    "step_owed": N_("“{step}” was passed over for “{begun}”: it stays owed until it is done or decided."),
    "step_forgone": N_("“{step}” was owed, and is not needed any more: {reason}."),
    "signal_given": N_("The pathway “{pathway}” was given the signal “{signal}”, as said by: {body}."),
    "step_paused": N_("“{step}” stands still, and so does its time, because of the signal “{signal}”."),
    "step_resumed": N_("“{step}” goes on with the time that remained, because of the signal “{signal}”."),
    "pathway_moved": N_(
        "The pathway “{pathway}” goes by edition {edition} from now on (before: {old_edition}): {reason}."
    ),
    "step_looked_at_anew": N_("“{step}” begins otherwise by the new edition: it is looked at anew."),
    "handoff_retimed": N_("{ref}: by the new edition its time is {new_at} (before: {old_at})."),
    "case_closed": N_("Every pathway has ended: the case is closed."),
    "case_cancelled": N_("The case was cancelled: {reason}."),
}

OF_OWN_WORK: Mapping[str, str] = {
    "case_opened": N_("It was started in {territory}."),
    "case_reopened": N_("It was over, and goes on again."),
    "case_closed": N_("Every pathway has ended: it is done."),
    "case_cancelled": N_("It was called off: {reason}."),
}
"""The same of the network's own work, which is no case."""

UNMOVED: Mapping[str, str] = {
    "limit_moved": N_("{ref}: another limit for the result has changed; the one that counts stays: {new_at}."),
    "pathway_limit_moved": N_(
        "Another limit of the pathway “{pathway}” has changed; the one that counts stays: {new_at}."
    ),
    "handoff_retimed": N_("{ref}: by the new edition it has other limits; the one that counts stays: {new_at}."),
}
"""Said instead where the end that counts reads as it did."""

SAID_FOR: Mapping[str, str] = {
    "consent_given": N_("The consent {consent} was given, as said by: {giver}."),
    "consent_refused": N_("The consent {consent} was not given, as said by: {giver}."),
}
"""Where somebody else speaks for the person concerned."""
SETTLED: Mapping[str, str] = {
    DeliveryResult.ACCEPTED: N_("The alert by {channel}: taken by the carrier."),
    DeliveryResult.FAILED: N_("The alert by {channel}: it did not leave ({why})."),
    DeliveryResult.UNCERTAIN: N_("The alert by {channel}: nobody can say whether it left ({why})."),
}
"""A carrier that takes a message is no service that takes a case: it has words of its own."""

FOR_SERVICE: Mapping[ServiceWord, str] = {
    ServiceWord.ONLY: N_("She agrees to it for {who} alone: {consent}."),
    ServiceWord.ALSO: N_("She agrees to it for {who}, too: {consent}."),
}
FINDINGS: Mapping[str, str] = {
    ReviewFinding.GROUNDED: N_("the law allowed it"),
    ReviewFinding.NOT_GROUNDED: N_("the law did not allow it"),
}
CONFIRMED_HOW: Mapping[str, str] = {
    ConfirmedHow.CALLED_BACK: N_("rang the number in the directory"),
    ConfirmedHow.MET: N_("spoke face to face"),
}
CONSENT_ENDED = N_("The time for which it was agreed is over: {consent}. It is asked anew before anything begins.")
DECIDED_ON_WORD = N_("“{step}” was decided anew on the word of {body}: {result} (before: {old_result}). Why: {reason}.")
NOBODY: Mapping[str, str] = {
    NobodyBecause.TERRITORY_UNKNOWN: N_(
        "Nobody can be chosen for “{step}”: nobody told in which territory to look. The coordinator gets it."
    ),
    NobodyBecause.BODY_UNKNOWN: N_(
        "Nobody can be chosen for “{step}”: it is not known which body did the step that it is compared with. The "
        "coordinator gets it."
    ),
    NobodyBecause.PERSON_UNKNOWN: N_(
        "Nobody can be chosen for “{step}”: it is not known which person took the step that it is compared with. The "
        "coordinator gets it."
    ),
    NobodyBecause.ALL_ASKED: N_(
        "All that may be asked for “{step}” were asked at once, and nobody comes in the place of one that cannot: the "
        "coordinator gets it."
    ),
    NobodyBecause.CONSENT_OVER: N_(
        "Her consent to “{step}” ended while it was asked for: nobody more is asked, and the coordinator gets it."
    ),
    NobodyBecause.NOT_DELEGABLE: N_("“{step}” is not passed on to another service: the coordinator gets it."),
}
"""Why nobody can be asked, where it is more than that nobody is there."""

MOMENTS = ("limit_at", "until")
ENDS = ("old_at", "new_at")
"""Ends of time; there may be none."""
CODES = ("reason", "result", "outcome", "to", "clock_name", "answer", "stands", "purpose", "channel", "old_result")


class Teller:
    """Says the events of one case."""

    def __init__(
        self,
        names: Names,
        runs: Iterable[RunView | PathwayRun],
        handoffs: Iterable[HandoffRow | Handoff],
        *,
        by_step: bool = False,
        own_work: bool = False,
    ) -> None:
        """`by_step`: a handoff is called by its step, where nobody knows references; `own_work`: it is no case."""
        self._sentences = {**SENTENCES, **OF_OWN_WORK} if own_work else SENTENCES
        self._names = names
        self._by_step = by_step
        self._runs = {run.run_id: run for run in runs}
        self._handoffs = {row.ref: row for row in handoffs}

    def said(self, event: AnyEvent) -> str:
        """The sentence of one event."""
        given = event.model_dump()
        handoff = self._handoffs.get(str(given.get("ref")))
        step = self._step(given, handoff)
        data = {
            "ref": step if self._by_step else str(given.get("ref", "")),
            "territory": str(given.get("territory", "")),
            "consent": str(given.get("consent", "")),
            "giver": _giver(given),
            **{name: moment(given.get(name)) or "" for name in MOMENTS},
            **{name: moment(given.get(name)) or _("no limit") for name in ENDS},
            "pathway": self._pathway(given),
            "step": step,
            "begun": self._step({**given, "step": given.get("begun") or given.get("decided")}, None),
            "body": agreeing(str(given.get("said_by") or given.get("body", ""))),
            "signal": self._signal(given),
            "who": self._who(given),
            "attempt": str(given.get("attempt", "")),
            **{name: str(given.get(name, "")) for name in ("rounds", "edition", "old_edition", "out_of")},
            "finding": _(FINDINGS.get(str(given.get("finding", "")), "")) if given.get("finding") else "",
            "why": carrier_reason(str(given.get("code", ""))),
            "how": _(CONFIRMED_HOW.get(str(given.get("how", "")), "")) if given.get("how") else "",
            **self._fact(given),
            **{name: spaced(str(given.get(name, ""))) for name in CODES},
        }
        if isinstance(event, AlertSettled):
            return _(SETTLED[event.result]).format(channel=data["channel"], why=carrier_reason(event.detail))
        if isinstance(event, ServiceChosen):
            data |= {"who": self._names.service(event.service), "terms": self._why(event)}
        if isinstance(event, ServicePicked | ConsentForService):
            data["who"] = self._names.service(event.service)
        if isinstance(event, CaseOpened | StepDecidedAnew):
            data["body"] = agreeing(event.by)
        told = UNMOVED if given["kind"] in UNMOVED and data["old_at"] == data["new_at"] else self._sentences
        sentence = _special(event) or _((SAID_FOR if given.get("note") else told)[given["kind"]])
        if self._by_step and "{step}" in sentence:
            sentence = sentence.removeprefix("{ref}: ")  # the sentence names the step itself
        return sentence.format(**data)

    def _why(self, event: ServiceChosen) -> str:
        run = self._runs.get(event.run_id)
        step = partial(self._names.step, run.pathway, content_hash=run.content_hash) if run else str
        return why_chosen(event, Saying(step, self._names.service, translate_fault, language()))

    def _fact(self, given: Mapping[str, object]) -> dict[str, str]:
        """What a fact is called, and what it says."""
        name, by = str(given.get("fact", "")), str(given.get("by", ""))
        values = {word: self._names.fact_value(name, given.get(word)) for word in ("value", "before")}
        return {"fact": self._names.fact(name), "by": voice(by), **values}

    def _pathway(self, given: Mapping[str, object]) -> str:
        run = self._runs.get(str(given.get("run_id")))
        return self._names.pathway(run.pathway, run.content_hash) if run else str(given.get("pathway", ""))

    def _step(self, given: Mapping[str, object], handoff: HandoffRow | Handoff | None) -> str:
        run_id = given.get("run_id") or (handoff.run_id if handoff else None)
        step = given.get("step") or (handoff.step if handoff else "")
        run, competence = self._runs.get(str(run_id)), given.get("competence")
        said = str(competence) if competence else None
        return self._names.step(run.pathway, str(step), run.content_hash, said) if run else str(step)

    def _signal(self, given: Mapping[str, object]) -> str:
        run, name = self._runs.get(str(given.get("run_id"))), str(given.get("signal", ""))
        return self._names.signal(name, run.content_hash) if run else spaced(name)

    def _who(self, given: Mapping[str, object]) -> str:
        for field in ("owner", "party", "to"):
            party = given.get(field)
            if isinstance(party, Mapping):
                return self._names.party(party["kind"], party["id"])
        return _("nobody")


RECEIPTS = {
    "taken": N_("The provider of certified mail took the copy by {channel}, and proves it."),
    "delivered": N_("The alert by {channel} was delivered, which does not say that it was read."),
    "passed_on": N_("The alert by {channel} was passed on to a server that says no more of it."),
    "returned": N_("The alert by {channel} came back undelivered ({why})."),
}


def _special(event: AnyEvent) -> str:
    """What is said where the event is of a particular kind; empty where the usual sentence does."""
    if isinstance(event, HandoffRequested) and event.to_pick:
        return _("{ref}: {who} is asked to pick who does “{step}”.")
    if isinstance(event, CaseOpened) and event.by != OPERATOR:
        return _("The case was opened in {territory}, on the word of: {body}.")
    if isinstance(event, StepDecidedAnew) and event.by != OPERATOR:
        return _(DECIDED_ON_WORD)
    if isinstance(event, NoServiceFound) and event.because in NOBODY:
        return _(NOBODY[event.because])
    if isinstance(event, ReceiptCame) and event.receipt in RECEIPTS:
        return _(RECEIPTS[event.receipt])
    return _of_consent(event)


def _of_consent(event: AnyEvent) -> str:
    if isinstance(event, ConsentForService) and event.word in FOR_SERVICE:
        return _(FOR_SERVICE[event.word])
    return _(CONSENT_ENDED) if isinstance(event, ConsentLapsed) and event.reason == "ended" else ""


def _giver(given: Mapping[str, object]) -> str:
    """Who speaks for the person concerned."""
    note = given.get("note")
    found = GIVERS[ConsentGiver(note["by"])] if isinstance(note, Mapping) else ""
    return translator(language(), "procedures").gettext(found) if found else ""


def party_name(names: Names, row: HandoffRow) -> str:
    """Who answers for this handoff now."""
    return names.party(PartyKind(row.owner_kind), row.owner_id)
