"""The closed lists of the rules, in words: states, reasons, purposes, urgencies. English here, Italian in `web.po`."""

from collections.abc import Mapping

from procedures.case import FALSE_ANSWER, TAKEN_BY_OTHER, CaseStatus, ConsentState, HandoffState, RunState, StepState
from procedures.commands import (
    ActFirstReason,
    AnewReason,
    CancelReason,
    ConfirmedHow,
    DeclineReason,
    FactReason,
    MoveReason,
    ReopenReason,
    ReviewFinding,
)
from procedures.events import SIGNAL_CAME, AlertPurpose, NobodyBecause, RepetitionEnd, SkipReason
from procedures.urgency import Urgency
from procedures.whonow import WhoWhen


def N_(sentence: str) -> str:  # noqa: N802  # gettext's own name for "translate this later"
    """Mark a sentence for the catalogue."""
    return sentence


HANDOFF_STATES: Mapping[str, str] = {
    HandoffState.REQUESTED: N_("being alerted"),
    HandoffState.ALERTED: N_("alerted"),
    HandoffState.ACKNOWLEDGED: N_("seen"),
    HandoffState.ACCEPTED: N_("taken on"),
    HandoffState.COMPLETED: N_("completed"),
    HandoffState.DECLINED: N_("declined"),
    HandoffState.EXPIRED: N_("passed on"),
    HandoffState.CANCELLED: N_("cancelled"),
}

STEP_STATES: Mapping[str, str] = {
    StepState.WAITING: N_("not started"),
    StepState.AWAITING_CONSENT: N_("waiting for her consent"),
    StepState.ACTIVE: N_("under way"),
    StepState.DONE: N_("completed"),
    StepState.SKIPPED: N_("left out"),
    StepState.CANCELLED: N_("cancelled"),
}

RUN_STATES: Mapping[str, str] = {
    RunState.RUNNING: N_("under way"),
    RunState.ENDED: N_("completed"),
    RunState.CANCELLED: N_("cancelled"),
}

CASE_STATUSES: Mapping[str, str] = {
    CaseStatus.OPEN: N_("open"),
    CaseStatus.CLOSED: N_("closed"),
    CaseStatus.CANCELLED: N_("cancelled"),
}

DECLINE_REASONS: Mapping[str, str] = {
    DeclineReason.FULL: N_("No place left"),
    DeclineReason.NOT_COMPETENT: N_("Not ours to do"),
    DeclineReason.NO_STAFF: N_("Nobody available now"),
    DeclineReason.CONFLICT: N_("Conflict of interest"),
    DeclineReason.OTHER: N_("Another reason"),
}

CANCEL_REASONS: Mapping[str, str] = {
    CancelReason.HER_WISH: N_("It is her wish"),
    CancelReason.OPENED_BY_MISTAKE: N_("Opened by mistake"),
    CancelReason.MOVED_AWAY: N_("She moved away"),
    CancelReason.HELPED_ELSEWHERE: N_("Helped elsewhere"),
    CancelReason.CONSENT_REVOKED: N_("Consent revoked"),
    CancelReason.DRILL_OVER: N_("The drill is over"),
    CancelReason.CALLED_OFF: N_("It is called off"),
    CancelReason.TIME_OVER: N_("The time is over"),
    CancelReason.DECIDED_ANEW: N_("What it hung on was decided anew"),
}

ANEW_REASONS: Mapping[str, str] = {
    AnewReason.APPEAL: N_("On appeal"),
    AnewReason.RECONSIDERED: N_("It was reconsidered"),
    AnewReason.NEW_FACTS: N_("Something new is known"),
    AnewReason.RECORDED_WRONGLY: N_("It had been recorded wrongly"),
}

REOPEN_REASONS: Mapping[str, str] = {
    ReopenReason.NEW_INCIDENT: N_("Something happened again"),
    ReopenReason.HER_WISH: N_("It is her wish"),
    ReopenReason.NEW_FACTS: N_("Something new is known"),
    ReopenReason.ENDED_BY_MISTAKE: N_("It had ended by mistake"),
}

FINDINGS: Mapping[str, str] = {
    ReviewFinding.GROUNDED: N_("the law allowed it"),
    ReviewFinding.NOT_GROUNDED: N_("the law did not allow it"),
}

MOVE_REASONS: Mapping[str, str] = {
    MoveReason.PROCEDURE_CHANGED: N_("The network changed the procedure"),
    MoveReason.LAW_CHANGED: N_("The law changed"),
    MoveReason.BETTER_FOR_HER: N_("It is better for her"),
    MoveReason.FAULT_IN_THE_OLD: N_("The old text had a fault"),
}

REPETITION_ENDS: Mapping[str, str] = {
    RepetitionEnd.AT_MOST: N_("as often as it was to be"),
    RepetitionEnd.UNTIL: N_("what was to end it has happened"),
    RepetitionEnd.WHILE: N_("what it was done for is no longer so"),
    RepetitionEnd.EDITION: N_("the new edition does not repeat it"),
}

ACT_FIRST_REASONS: Mapping[str, str] = {
    ActFirstReason.IMMINENT_DANGER: N_("She is in danger now"),
    ActFirstReason.HER_WISH: N_("It is her wish"),
    ActFirstReason.ONLY_CHANCE: N_("It will be too late for it"),
    ActFirstReason.ORDERED: N_("An authority orders it"),
}

FACT_REASONS: Mapping[str, str] = {
    FactReason.NEW_ASSESSMENT: N_("A new assessment"),
    FactReason.SHE_SAID: N_("She said so"),
    FactReason.SERVICE_SAID: N_("A service said so"),
    FactReason.SOMETHING_HAPPENED: N_("Something happened"),
    FactReason.WRITTEN_WRONGLY: N_("It was written wrongly"),
}

BY_RESULT, BY_SIGNAL = N_("the result of a step"), N_("what has happened outside")

SKIP_REASONS: Mapping[str, str] = {
    SkipReason.NOT_APPLICABLE: N_("not needed in this case"),
    SkipReason.NEEDS_CANNOT_BE_MET: N_("what it depends on ended differently"),
    SkipReason.CONSENT_REFUSED: N_("she did not consent"),
    SkipReason.NO_CONTACT: N_("she does not want to be contacted again"),
    SkipReason.NO_SIGNAL: N_("what it waited for never came"),
    SkipReason.NOT_IN_EDITION: N_("the new edition does not have it"),
}

SIGNAL_REASONS: Mapping[str, str] = {
    SIGNAL_CAME: N_("What has happened makes it unnecessary"),
    TAKEN_BY_OTHER: N_("Another service was the first to take it"),
    FALSE_ANSWER: N_("The answer was false"),
}
CLAIMED = N_("somebody says that they take it, without a PIN: to be confirmed")
CONFIRMED_HOW: Mapping[str, str] = {
    ConfirmedHow.CALLED_BACK: N_("rang the number in the directory"),
    ConfirmedHow.MET: N_("spoke face to face"),
}
STOPPED: Mapping[str, str] = {**CANCEL_REASONS, **SIGNAL_REASONS}
"""Why a handoff or a step was called off."""

PURPOSES: Mapping[str, str] = {
    AlertPurpose.REQUEST: N_("request"),
    AlertPurpose.REMINDER: N_("reminder"),
    AlertPurpose.DEPUTY: N_("request to the deputy"),
    AlertPurpose.COORDINATOR: N_("request to the coordinator"),
    AlertPurpose.WATCH: N_("request to watch"),
    AlertPurpose.TELL: N_("information"),
    AlertPurpose.RESULT_LINK: N_("link for the result"),
    AlertPurpose.FIRST_SIGN_LATE: N_("first sign is late"),
    AlertPurpose.OVERDUE: N_("result is late"),
    AlertPurpose.WITHDRAWN: N_("no longer needed"),
    AlertPurpose.TAKEN_BY_OTHER: N_("taken by somebody else"),
    AlertPurpose.WORD_TAKEN: N_("word: taken on"),
    AlertPurpose.WORD_DECLINED: N_("word: declined"),
    AlertPurpose.WORD_ASKED_BACK: N_("word: a telephone call is asked for"),
    AlertPurpose.WORD_EXPIRED: N_("word: no answer, passed on"),
    AlertPurpose.WORD_OVERDUE: N_("word: overdue"),
    AlertPurpose.WORD_COMPLETED: N_("word: completed"),
    AlertPurpose.WORD_CANCELLED: N_("word: cancelled"),
    AlertPurpose.LIMIT_OVER: N_("a limit is over"),
    AlertPurpose.LIMIT_PASSED: N_("a limit has passed"),
    AlertPurpose.SECOND_PERSON: N_("a second person is needed"),
    AlertPurpose.CONSENT_NEEDED: N_("her consent is needed"),
    AlertPurpose.CONSENT_ENDS: N_("her consent ends soon"),
    AlertPurpose.PICK_NEEDED: N_("who is asked has to be picked"),
    AlertPurpose.LIMIT_MOVED: N_("the time has changed"),
    AlertPurpose.PAUSED: N_("it stands still"),
    AlertPurpose.LONGER_TIME_ASKED: N_("longer time is asked for"),
    AlertPurpose.LAPSED: N_("the time is over"),
    AlertPurpose.WORD_LAPSED: N_("word: the time is over"),
    AlertPurpose.PATHWAY_LATE: N_("the pathway is late"),
    AlertPurpose.GLASS_BROKEN: N_("somebody broke the glass"),
    AlertPurpose.MANY_TRIES: N_("many tries without a relation"),
    AlertPurpose.CONFIRM_NEEDED: N_("an acceptance has to be confirmed"),
    AlertPurpose.WRONG_PINS: N_("a wrong PIN too often"),
    AlertPurpose.NOTICE_RETURNED: N_("a notice came back"),
    AlertPurpose.FALSE_ANSWER: N_("an answer was false"),
    AlertPurpose.TEST: N_("test of the channel"),
    AlertPurpose.ECHO_TAKEN: N_("echo: it was taken"),
    AlertPurpose.ECHO_CLAIMED: N_("echo: somebody says that it is taken"),
    AlertPurpose.ECHO_DECLINED: N_("echo: it was declined"),
    AlertPurpose.ECHO_WORK: N_("echo: work was recorded"),
    AlertPurpose.ECHO_COORDINATOR: N_("an answer that you should look at"),
}

DELIVERY_STATES: Mapping[str, str] = {
    "queued": N_("waiting to leave"),
    "sending": N_("leaving"),
    "accepted": N_("taken by the carrier"),
    "permanent": N_("refused for good"),
    "temporary": N_("not now, tried again"),
    "uncertain": N_("uncertain: it may have arrived"),
    "withdrawn": N_("withdrawn before it left"),
}

DELIVERY_CODES: Mapping[str, str] = {
    "no-carrier": N_("no carrier for this channel"),
    "channel-shut": N_("the channel was shut: a false answer came by it"),
    "rests": N_("its carrier is in trouble: it was not tried"),
    "paced": N_("its carrier had all that it may be given in a minute: it was not tried"),
    "pgp-key": N_("the key to encrypt it with cannot be used"),
}

TO_PICK, WAS_PICKED = N_("to be picked"), N_("picked")
"""Of a handoff that asks the desk who is asked."""
WITHHELD = N_("went out without saying whom it is for")
"""The consent to what is said was not there."""
CONSENT_STATES: Mapping[str, str] = {
    ConsentState.GIVEN: N_("given"),
    ConsentState.REFUSED: N_("refused"),
    ConsentState.REVOKED: N_("taken back"),
}

CHANNELS: Mapping[str, str] = {
    "email": N_("e-mail"),
    "sms": N_("SMS"),
    "pec": N_("certified mail (PEC)"),
    "voice": N_("call"),
    "push": N_("message to a browser"),
}

RUNGS: Mapping[str, str] = {
    "service": N_("a reminder to the same contact"),
    "deputy": N_("the deputy"),
    "next_service": N_("the next service"),
    "coordinator": N_("the coordinator"),
}

CLOCKS: Mapping[str, str] = {
    "accept": N_("for an answer"),
    "first_sign": N_("for a first sign of work"),
    "complete": N_("for the result"),
}

ANSWERS: Mapping[str, str] = {
    "acknowledge_handoff": N_("seen"),
    "ask_back": N_("telephone us first"),
    "give_to_colleague": N_("given to a colleague"),
    "accept_handoff": N_("we take it"),
    "decline_handoff": N_("we cannot"),
    "note_first_sign": N_("work has begun"),
    "complete_handoff": N_("result"),
    "renew_link": N_("a new link"),
    "extend_limit": N_("longer time"),
}

URGENCIES: Mapping[str, str] = {
    Urgency.NOW: N_("now"),
    Urgency.TODAY: N_("today"),
    Urgency.PLANNED: N_("planned"),
}

WHO_BECAUSE: Mapping[str, str] = {
    NobodyBecause.TERRITORY_UNKNOWN: N_("not told in which territory"),
    NobodyBecause.BODY_UNKNOWN: N_("not known which body did the step before"),
    NobodyBecause.PERSON_UNKNOWN: N_("not known which person took the step before"),
    NobodyBecause.PICKED: N_("picked by the operator"),
}
"""Why no service would be asked, where it is more than that nobody is there."""

WHO_WHEN: Mapping[str, str] = {
    WhoWhen.NOW: N_("at once"),
    WhoWhen.LATER: N_("when its turn comes"),
    WhoWhen.SIGNAL: N_("when a signal comes"),
    WhoWhen.CONSENT: N_("after her consent"),
    WhoWhen.OWED: N_("still owed"),
    WhoWhen.LEFT_OUT: N_("not with these facts"),
}

OF_OWN_WORK: Mapping[str, str] = {
    "case_opened": N_("It was started by %(actor)s."),
    "case_reopened": N_("It was over, and goes on again."),
    "case_closed": N_("Every pathway has ended: it is done."),
    "case_cancelled": N_("It was called off: %(reason)s."),
}
"""How the timeline of the network's own work tells what it tells otherwise of a case."""
