"""The test of one channel by whoever's it is, and the code in it that shows that she reads what is sent there. Pure."""

from datetime import timedelta

from procedures.errors import Refused

CODE_LASTS = timedelta(minutes=10)
"""From when the test was asked for."""
CODE_DIGITS = 6
CODE_TRIES = 5
"""So many codes may be typed for one message: the chance to guess one is 5 in a million."""
TEST_AGAIN_AFTER = timedelta(seconds=30)
"""Of one channel: whoever presses twice gets one message."""
TESTS_A_DAY = 20
"""Of one person, over all her channels: each is a message that somebody pays for."""


class NotYourChannel(Refused):
    """It was taken out of the network's file, or shut, since the page was loaded."""

    template = "This channel is not on record for you any more. Load the page again."


class JustTested(Refused):
    """One message is under way."""

    template = "This channel is being tested already. Wait half a minute and look what came of it."


class TooManyTests(Refused):
    """Somebody presses all day."""

    template = (
        "That was the {most}th test of a day, and no more go out today. If a channel fails, tell the coordination."
    )


class CodeOver(Refused):
    """Nothing is to be typed any more."""

    template = "This code is over: it lasts {minutes} minutes, and {tries} wrong ones end it. Test the channel again."


class CodeWrong(Refused):
    """Another one stands in the message."""

    template = "The message has another code. You can try {left} times more."
