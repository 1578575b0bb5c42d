"""What whoever answers an SMS is told by SMS: what was recorded, or how to answer. It names no case."""

from notifiers.language import language_of, translator
from notifiers.spoken import KeyEcho
from procedures.marking import N_

SAID = {
    KeyEcho.TAKEN: N_("Staffetta {ref}: recorded, you take it. Was it not you? Telephone the coordination."),
    KeyEcho.CLAIMED: N_(
        "Staffetta {ref}: recorded. Without your PIN it does not count yet: the coordination telephones you."
    ),
    KeyEcho.DECLINED: N_("Staffetta {ref}: recorded, you cannot. Somebody else is being asked."),
    KeyEcho.LATE: N_("Staffetta {ref}: it was taken or closed before. Recorded. Urgent? Telephone the coordination."),
    KeyEcho.SHUT: N_("Staffetta {ref}: it cannot be answered this way. Urgent? Telephone the coordination."),
}
UNCLEAR = N_("Staffetta: not understood. Write YES or NO, a blank, and the code of the message. Or open its link.")


def sms_echo(echo: KeyEcho, *, ref: str, language: str) -> str:
    """What came of an answer."""
    return translator(language_of(language), "notifiers").gettext(SAID[echo]).format(ref=ref)


def sms_unclear(language: str) -> str:
    """How to answer."""
    return translator(language_of(language), "notifiers").gettext(UNCLEAR)
