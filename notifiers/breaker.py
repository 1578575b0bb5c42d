"""Whether a carrier is in trouble, told from what came of its latest messages alone.

A carrier that let three messages down in a row rests for some seconds: what comes meanwhile goes another way instead of
waiting for a server that hangs. Then one message tries it, and only when that one was taken do the others follow.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain

IN_A_ROW = 3
REST_SECONDS = 15.0
"""As long as the outbox waits before it tries a message again."""
TRIED_FOR_SECONDS = 60.0
"""After so long whoever tried it counts as lost, and the next one may."""
NO_LINE_FROM = 2
"""So many connections in a row that did not come about are trouble, though no message was there to be let down."""
LINE_AGAIN_SECONDS = 60.0
SIGN_IN_AGAIN_SECONDS = 600.0
"""A provider may shut an account whose password is wrong too often."""
RESTS = "rests"
"""The code of a message that was not tried, since its carrier rests. Nothing of it left."""
OWN_QUEUE = "busy"
OF_THE_RECIPIENT = ("450", "452")
"""One mailbox is busy or full (RFC 5321, 4.2.3): the carrier works."""
OF_THE_GATEWAY = frozenset({"redirect"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a carrier."""

    code: str
    in_a_row: int
    """So many messages one after the other."""


class Breaker:
    """Of one carrier, in one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing is known of it yet. `now` counts seconds, those of the house's clock where it runs fast."""
        self._now = now
        self._in_a_row = 0
        self._code = ""
        self._rests_until = 0.0
        self._tried_at: float | None = None
        self._no_line = 0
        self._no_line_code = ""
        self._line_again_at = 0.0
        self.has_worked = False
        """Whether it took a message, or a recipient's refusal came from it, since this process began."""

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong; None while its last message went well, or none was sent and there is a connection for one."""
        if self._in_a_row:
            return Trouble(self._code, self._in_a_row)
        return Trouble(self._no_line_code, self._no_line) if self._no_line >= NO_LINE_FROM else None

    @property
    def seconds_of_rest(self) -> float:
        """How long it rests from now on; at least a second, since another message may be trying it."""
        return max(1.0, self._rests_until - self._now())

    def may_try(self) -> bool:
        """Whether a message may go this way now. Of those that ask while it is in trouble, one tries it."""
        if self._in_a_row < IN_A_ROW:
            return True
        now = self._now()
        if now < self._rests_until or (self._tried_at is not None and now - self._tried_at < TRIED_FOR_SECONDS):
            return False
        self._tried_at = now
        return True

    def note(self, outcome: Outcome) -> None:
        """What came of a message."""
        self._tried_at = None
        code = trouble_in(outcome)
        if code is None:
            if not isinstance(outcome, FailedTemporary):
                self._in_a_row, self._code, self.has_worked = 0, "", True
                self._no_line = 0
            return
        self._in_a_row, self._code = self._in_a_row + 1, code
        if self._in_a_row >= IN_A_ROW:
            self._rests_until = self._now() + REST_SECONDS

    @property
    def may_open_line(self) -> bool:
        """Whether a connection may be tried beside any message: less often once it is known that none comes about."""
        return self._now() >= self._line_again_at

    def note_line(self, outcome: Outcome | None) -> None:
        """What came of a connection without a message; None where there is one. No message rests for that."""
        code = None if outcome is None else trouble_in(outcome)
        if code is None:
            # What was wrong was the connection alone: that it is there again is all that can be seen to work.
            self.has_worked = self.has_worked or (self._no_line >= NO_LINE_FROM and not self._in_a_row)
            self._no_line = 0
            return
        self._no_line, self._no_line_code = self._no_line + 1, code
        if self._no_line >= NO_LINE_FROM:
            wait = SIGN_IN_AGAIN_SECONDS if code == "sign-in" else LINE_AGAIN_SECONDS
            self._line_again_at = self._now() + wait

    def let_go(self) -> None:
        """The message that tried it did not leave: another may."""
        self._tried_at = None


def trouble_in(outcome: Outcome) -> str | None:
    """What this outcome says against the carrier itself; None where it says nothing."""
    match outcome:
        case Accepted():
            return None
        case RejectedPermanent(code):
            return code if code in OF_THE_GATEWAY else None
        case FailedTemporary(code):
            return None if code == OWN_QUEUE or code.startswith(OF_THE_RECIPIENT) else code
        case Uncertain(why):
            return why
