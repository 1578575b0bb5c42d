"""An alert as a voice reads it: neutral words, the reference letter by letter, and which keys mean what.

No link and no code is read aloud: whoever stands beside the telephone hears no more than that there is a request.
"""

import gettext
from enum import StrEnum

from notifiers.language import language_of, translator
from notifiers.message import Notice
from notifiers.moments import long_deadline
from notifiers.sentences import SENTENCES
from procedures.marking import N_
from procedures.urgency import Urgency

HASTE = {Urgency.NOW: N_("now"), Urgency.TODAY: N_("within 24 hours"), Urgency.PLANNED: N_("planned")}
KEYS = N_("Press 1 if you take it, 2 if you cannot, 9 to hear this again.")
NO_KEYS = N_("Please answer by the other ways on record. Press 9 to hear this again.")
AGAIN = N_("Press 9 to hear this again.")
ENTER_PIN = N_(
    "If you have a personal PIN, enter it now, then press the hash key. If you have none, press the hash key."
)


class KeyEcho(StrEnum):
    """What came of a key, as whoever pressed it is told before the call ends."""

    TAKEN = "taken"
    CLAIMED = "claimed"
    """In imminent danger, without a PIN."""
    DECLINED = "declined"
    LATE = "late"
    """It was answered, or over, before."""
    SHUT = "shut"
    """Nothing is taken over this way any more, or the rules do not allow it."""


SAID = {
    KeyEcho.TAKEN: N_("It is recorded that you take this request. Thank you."),
    KeyEcho.CLAIMED: N_(
        "It is recorded that you say you take this request. Without your PIN it does not count yet: the coordination "
        "will telephone you, and others go on being asked."
    ),
    KeyEcho.DECLINED: N_("It is recorded that you cannot take this request. Somebody else is being asked."),
    KeyEcho.LATE: N_("This request was already taken, passed on or called off. Your answer is recorded."),
    KeyEcho.SHUT: N_("This cannot be answered by telephone. If it is urgent, telephone the coordination."),
}


def compose_spoken(notice: Notice, *, language: str) -> str:
    """What the voice says."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    sentences = SENTENCES[notice.purpose]
    said = ["Staffetta."]
    if notice.drill:
        said.append(_("DRILL: this is an exercise, nobody is in danger."))
    said.append(_(sentences.mail).format(ref=spelled(notice.ref), not_us=_not_us(notice, catalogue)))
    said.append(_("Reference: {ref}").format(ref=spelled(notice.ref)) + ".")
    if notice.answer_by is not None and not sentences.news:
        said.append(_("Urgency: {urgency}").format(urgency=_(HASTE[notice.urgency])) + ".")
        said.append(
            _("Deadline: {deadline}").format(deadline=long_deadline(notice.answer_by, language, catalogue)) + "."
        )
    asks = notice.link is not None and not sentences.news
    said.append(_(KEYS) if notice.by_key else _(NO_KEYS) if asks else _(AGAIN))
    return " ".join(said)


def spelled(ref: str) -> str:
    """The reference letter by letter, with a pause between: `K, 7, Q, F; 2, M, 9, T`."""
    return "; ".join(", ".join(group) for group in ref.split("-"))


def ask_for_pin(language: str) -> str:
    """What is said after a `1`."""
    return translator(language_of(language), "notifiers").gettext(ENTER_PIN)


def key_echo(echo: KeyEcho, language: str) -> str:
    """What whoever pressed a key is told."""
    return translator(language_of(language), "notifiers").gettext(SAID[echo])


def _not_us(notice: Notice, catalogue: gettext.NullTranslations) -> str:
    if notice.telephone is None:
        return catalogue.gettext("Was it none of you? Telephone the coordination at once.")
    return catalogue.gettext("Was it none of you? Telephone {telephone} at once.").format(telephone=notice.telephone)
