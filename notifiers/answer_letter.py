"""What whoever answered by mail is told back: what was recorded, and whom to telephone where it was not her.

No link and no code: whoever reads the mailbox learns nothing to use. It says of the request no more than its alert did.
"""

import gettext
from enum import StrEnum

from notifiers.language import language_of, translator
from procedures.marking import N_


class AnswerEcho(StrEnum):
    """What came of a mail, as its sender is told."""

    TAKEN = "taken"
    CLAIMED = "claimed"
    """In imminent danger, without a PIN."""
    DECLINED = "declined"
    LATE = "late"
    """It was answered, or over, before."""
    REFUSED = "refused"
    """The rules do not allow it."""
    UNCLEAR = "unclear"


SAID = {
    AnswerEcho.TAKEN: N_("We recorded that you take this request. A mail with the link for its result follows."),
    AnswerEcho.CLAIMED: N_(
        "We recorded that you say you take this request. Without your PIN that does not count yet: open the page of "
        "our message and type it there, or wait until the coordination telephones you."
    ),
    AnswerEcho.DECLINED: N_("We recorded that you cannot take this request. Somebody else is being asked."),
    AnswerEcho.LATE: N_("Your answer came after this request had been taken, passed on or called off. It is recorded."),
    AnswerEcho.REFUSED: N_(
        "Your answer cannot be recorded by mail. Please open the page of our message, or telephone."
    ),
    AnswerEcho.UNCLEAR: N_(
        "We could not read your answer, and nothing was recorded. Please answer our message with 1 alone in the first "
        "line (we take it) or 2 alone (we cannot), or open its page."
    ),
}
ASKS_TO_CALL = frozenset({AnswerEcho.LATE, AnswerEcho.REFUSED, AnswerEcho.UNCLEAR})
"""What changed nothing: if help is wanted, somebody has to speak."""


def compose_answer_letter(
    echo: AnswerEcho, *, ref: str, drill: bool, telephone: str | None, language: str
) -> tuple[str, str]:
    """Subject and body. `telephone`: the coordination's, None where nobody may be named."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    subject = _("Staffetta: your answer on reference {ref}").format(ref=ref)
    paragraphs = [_("DRILL: this is an exercise, nobody is in danger.")] if drill else []
    paragraphs += [_("Reference: {ref}").format(ref=ref), _(SAID[echo]), _whom_to_call(echo, telephone, catalogue)]
    paragraphs.append(_("Please do not answer this mail: nobody reads it."))
    return f"{_('DRILL')} - {subject}" if drill else subject, "\n\n".join(paragraphs) + "\n"


def _whom_to_call(echo: AnswerEcho, telephone: str | None, catalogue: gettext.NullTranslations) -> str:
    _ = catalogue.gettext
    if echo in ASKS_TO_CALL:
        if telephone is None:
            return _("If it is urgent, telephone the coordination now.")
        return _("If it is urgent, telephone {telephone} now.").format(telephone=telephone)
    if telephone is None:
        return _("Was it not you? Telephone the coordination at once.")
    return _("Was it not you? Telephone {telephone} at once.").format(telephone=telephone)
