"""What the one-tap page says when there is nothing (more) to tap: a heading and a sentence each."""

from collections.abc import Mapping

from models.links import LinkStatus
from procedures.case import HandoffState
from web.saying import N_

Words = tuple[str, str]

CLOSED: Mapping[LinkStatus, Words] = {
    LinkStatus.EXPIRED: (
        N_("This link is too old"),
        N_("The time for answering by it is over."),
    ),
    LinkStatus.USED: (
        N_("This was answered already"),
        N_("An answer is here, so this link has done its work. Thank you."),
    ),
    LinkStatus.WITHDRAWN: (
        N_("This is no longer needed from you"),
        N_("It was passed on or called off. Thank you for looking."),
    ),
    LinkStatus.SUPERSEDED: (
        N_("A newer link was sent to you"),
        N_("Please use the one in your latest message."),
    ),
    LinkStatus.REVOKED: (
        N_("This link is used no more"),
        N_("The coordination closed it. If something waits for you, telephone."),
    ),
    LinkStatus.BLOCKED: (
        N_("This link is closed"),
        N_("A wrong code was typed too many times. Nothing else has changed."),
    ),
}

THANKS: Mapping[str, Words] = {
    "decline": (
        N_("Thank you for saying so at once"),
        N_("Somebody else is being asked now. You need do nothing more."),
    ),
    "complete": (
        N_("Thank you: it is brought home"),
        N_("The result is recorded, and whoever passed it to you is told."),
    ),
    "signal": (
        N_("Thank you: it is recorded"),
        N_("What follows from it is done at once, and whoever must know is told."),
    ),
    "renew": (
        N_("A new link is on its way"),
        N_("It goes to the same contact as this message. Use that one from now on."),
    ),
}

WAITS_FOR_SECOND: Words = (
    N_("Thank you: it waits for a second person"),
    N_("The result counts once somebody else has given the same one: they were told. The time for it runs on."),
)

CAME_LATE: Mapping[HandoffState, str] = {
    HandoffState.ACCEPTED: N_("It had been taken on before your answer came."),
    HandoffState.COMPLETED: N_("It had been brought to its end before your answer came."),
    HandoffState.DECLINED: N_("It had been declined and passed on before your answer came."),
    HandoffState.EXPIRED: N_("Its time had gone by before your answer came."),
    HandoffState.CANCELLED: N_("It had been called off before your answer came."),
}
TAKEN_FIRST: Words = (
    N_("Somebody else has taken it"),
    N_("Several were asked at once, and another service was the first to say yes. You need do nothing. Thank you."),
)
FIRST_CAME_BEFORE = N_("Several were asked at once, and another service said yes before your answer came.")
LATE_HEADING = N_("Thank you. Your answer came after another")
SECOND_HEADING = N_("Second answer: it was already taken")
LATE_ANYWAY = N_("It was recorded all the same. You need do nothing; if you can still help, telephone.")

UNKNOWN: Words = (
    N_("This link opens nothing"),
    N_("Perhaps a piece of it is missing. Open it again from the message; if that fails, telephone."),
)
NOT_SAVED: Words = (
    N_("Not saved"),
    N_("Your answer could not be recorded. Try again; if that fails, telephone now."),
)
NOT_OURS: Words = (
    N_("This came from somewhere else"),
    N_("Open the link from your message and answer there."),
)
