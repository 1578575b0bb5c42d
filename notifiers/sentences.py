"""The sentences of each purpose: one for a mail, a shorter one for an SMS. None names a service, a person or a case."""

from dataclasses import dataclass

from procedures.events import AlertPurpose as Purpose
from procedures.marking import N_


@dataclass(frozen=True, slots=True)
class Sentences:
    """How one purpose is worded. English sentences are the keys of the catalogue."""

    mail: str
    sms: str
    """Where a deadline is known it may name it: `{deadline}`."""
    sms_undated: str = ""
    """Instead of `sms` where no deadline is known; empty: the same."""
    subject: str = ""
    """Instead of what follows from the rest, with `{ref}`."""
    news: bool = False
    """Word on what was passed on: it asks for nothing, so it shows no deadline, link or code."""


ANSWER_BY = N_("Please answer by {deadline}")
ANSWER_SOON = N_("Please answer as soon as you can")


def _asking(mail: str) -> Sentences:
    return Sentences(mail, ANSWER_BY, ANSWER_SOON)


def _news(mail: str, sms: str) -> Sentences:
    return Sentences(mail, sms, news=True)


SENTENCES: dict[Purpose, Sentences] = {
    Purpose.REQUEST: _asking(N_("There is a request for you: please say whether you can take it.")),
    Purpose.REMINDER: _asking(N_("A request is still waiting for your answer: please say whether you can take it.")),
    Purpose.DEPUTY: _asking(
        N_("A request has had no answer and comes to you as deputy: please say whether you can take it.")
    ),
    Purpose.COORDINATOR: _asking(N_("A request is now with you: please say how it goes on.")),
    Purpose.WATCH: _asking(
        N_("We ask you to keep an eye on a matter and to record its result as soon as there is one.")
    ),
    Purpose.TELL: Sentences(N_("There is information for you: please read it."), N_("Information for you")),
    Purpose.RESULT_LINK: Sentences(
        N_("Thank you for taking it. When your part is done, please record its result."),
        N_("Result due by {deadline}"),
        N_("Please record the result"),
    ),
    Purpose.FIRST_SIGN_LATE: Sentences(
        N_("A request was taken, but work on it has not been recorded yet: please check that it has begun."),
        N_("Work has not begun yet: please check"),
    ),
    Purpose.OVERDUE: Sentences(
        N_("The time agreed has passed and the result is missing: please see to it as soon as you can."),
        N_("Time is over, result missing"),
    ),
    Purpose.WITHDRAWN: _news(
        N_("This request is withdrawn and no longer needs your answer. Thank you all the same."),
        N_("This request is withdrawn, no answer is needed. Thank you."),
    ),
    Purpose.TAKEN_BY_OTHER: _news(
        N_("This request has been taken by somebody else: you need do nothing more. Thank you."),
        N_("Taken by somebody else, you need do nothing more. Thank you."),
    ),
    Purpose.WORD_TAKEN: _news(
        N_("What you passed on (reference {ref}) has been taken."),
        N_("What you passed on has been taken."),
    ),
    Purpose.WORD_DECLINED: _news(
        N_("What you passed on (reference {ref}) could not be taken: it now goes to somebody else."),
        N_("What you passed on could not be taken: it now goes to somebody else."),
    ),
    Purpose.WORD_ASKED_BACK: _news(
        N_("Whoever was asked for what you passed on (reference {ref}) would like a telephone call before answering."),
        N_("Before answering, whoever was asked would like a telephone call."),
    ),
    Purpose.WORD_EXPIRED: _news(
        N_("What you passed on (reference {ref}) has had no answer in time: it now goes to somebody else."),
        N_("What you passed on has had no answer in time: it now goes to somebody else."),
    ),
    Purpose.WORD_OVERDUE: _news(
        N_("What you passed on (reference {ref}) is late: it is being followed up and you will hear from us."),
        N_("What you passed on is late: it is being followed up."),
    ),
    Purpose.WORD_COMPLETED: _news(
        N_("What you passed on (reference {ref}) has been brought home. Thank you."),
        N_("What you passed on has been brought home. Thank you."),
    ),
    Purpose.WORD_CANCELLED: _news(
        N_("What you passed on (reference {ref}) has been cancelled: you need do nothing more."),
        N_("What you passed on has been cancelled: you need do nothing more."),
    ),
    Purpose.LIMIT_OVER: Sentences(
        N_("A time limit was already over when this request began: please see to it now."),
        N_("A time limit was over before it began"),
    ),
    Purpose.LIMIT_PASSED: Sentences(
        N_("A time limit of this request has passed: please see to it now."),
        N_("A time limit passed, please see to it"),
    ),
    Purpose.LIMIT_MOVED: Sentences(
        N_("The time for a request that you hold has changed: please note the new deadline."),
        N_("The time changed, now {deadline}"),
        N_("The time for it has changed"),
    ),
    Purpose.PAUSED: _news(
        N_("A request that you hold stands still for now, and so does its time: you will hear when it goes on."),
        N_("What you hold stands still for now, and so does its time."),
    ),
    Purpose.LONGER_TIME_ASKED: Sentences(
        N_("Longer time is asked for a request: please ask those who must agree, and record what they say."),
        N_("Longer time is asked for, see the desk"),
    ),
    Purpose.SECOND_PERSON: Sentences(
        N_("A result was recorded that counts only once a second person gives the same one: please look at it."),
        N_("Confirm by {deadline}"),
        N_("Please look and confirm"),
    ),
    Purpose.LAPSED: _news(
        N_("The time for this request is over, and the procedure goes on without you: you need do nothing more."),
        N_("The time for this request is over, you need do nothing more."),
    ),
    Purpose.WORD_LAPSED: _news(
        N_("The time for what you passed on (reference {ref}) is over: it goes on as the procedure says."),
        N_("The time for what you passed on is over: it goes on as the procedure says."),
    ),
    Purpose.PATHWAY_LATE: Sentences(
        N_("The time for a whole pathway is over: please open the case at the desk."),
        N_("A pathway is late, see the desk"),
    ),
    Purpose.GLASS_BROKEN: Sentences(
        N_("Somebody who does not have this case opened it in an emergency: please review it at the desk."),
        N_("A case was opened in emergency: see desk"),
    ),
    Purpose.MANY_TRIES: Sentences(
        N_("One account asked for many cases that are not its own: please look at the desk and ask why."),
        N_("One account tried many cases: see desk"),
    ),
    Purpose.CONFIRM_NEEDED: Sentences(
        N_("Somebody took this request without a PIN: telephone the number in the directory, confirm at the desk."),
        N_("Taken, no PIN: ring, see the desk"),
    ),
    Purpose.WRONG_PINS: Sentences(
        N_("A wrong PIN was typed too often for a request of this case: please telephone the service."),
        N_("Wrong PIN too often: see desk"),
    ),
    Purpose.NOTICE_RETURNED: Sentences(
        N_(
            "A notice of this case came back and reached nobody: please tell it by telephone, see the case at the desk."
        ),
        N_("A notice came back: telephone, see desk"),
    ),
    Purpose.FALSE_ANSWER: Sentences(
        N_("An answer to a request of this case was false: please open the case at the desk."),
        N_("An answer was false: see the desk"),
    ),
    Purpose.TEST: Sentences(
        N_("This is a test of this channel: nobody needs you now. If you read it, the channel works: do not answer."),
        N_("Test of this channel: nobody needs you now, no answer is needed."),
        subject=N_("Staffetta: test of this channel, reference {ref}"),
        news=True,
    ),
    Purpose.ECHO_TAKEN: _news(
        N_("It was recorded in the name of your service that this request is taken. {not_us}"),
        N_("Taken in the name of your service. {not_us}"),
    ),
    Purpose.ECHO_CLAIMED: _news(
        N_("Somebody says in the name of your service, without a PIN, that this request is taken. {not_us}"),
        N_("Said to be taken by your service, no PIN. {not_us}"),
    ),
    Purpose.ECHO_DECLINED: _news(
        N_("It was recorded in the name of your service that this request cannot be taken. {not_us}"),
        N_("Declined in the name of your service. {not_us}"),
    ),
    Purpose.ECHO_WORK: _news(
        N_("Work on this request was recorded in the name of your service. {not_us}"),
        N_("Work recorded in the name of your service. {not_us}"),
    ),
    Purpose.ECHO_COORDINATOR: _news(
        N_("An answer to this request came in: please see at the desk by which way, and telephone the service."),
        N_("An answer came in: see the desk by which way, telephone the service."),
    ),
    Purpose.PICK_NEEDED: Sentences(
        N_("Somebody has to pick who is asked for a step: please open the case at the desk."),
        N_("Pick who is asked, see the desk"),
    ),
    Purpose.CONSENT_ENDS: Sentences(
        N_("What was agreed for a step ends soon: please open the case at the desk and ask again."),
        N_("What was agreed ends soon, see the desk"),
    ),
    Purpose.CONSENT_NEEDED: Sentences(
        N_("A step waits until consent has been asked for: please open the case at the desk."),
        N_("A step waits for consent, see the desk"),
    ),
}
