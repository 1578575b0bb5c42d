"""What a person is sent about her own channels: a test with its code. It knows of no case, and names nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifiers.language import language_of, translator
from notifiers.moments import long_deadline, short_deadline
from procedures.marking import N_
from procedures.standing import StandingActKind as Kind

SUBJECT = N_("Staffetta: test of this channel")
MAIL = (
    N_("This is the test of this channel that was asked for on your page of Staffetta. It arrived."),
    N_("Code: {code}"),
    N_("Type it on that page within ten minutes: then the network knows that you read what comes here."),
    N_("Did you ask for no test? Then do nothing, and tell nobody the code. Nobody will telephone you for it."),
)
SMS = N_("Staffetta: test of this channel. Code {code}, for ten minutes. Type it on your page, tell it to nobody.")
CALL = N_("This is Staffetta, with the test of this telephone. The code is: {code}. Once more: {code}. Good-bye.")
DONE: Mapping[Kind, str] = {
    Kind.RULES_SET: N_("it was changed over which of your channels you are alerted first"),
    Kind.AWAY_SAID: N_("it was said that you are away for a time"),
    Kind.AWAY_ENDED: N_("it was said that you are not away any more"),
    Kind.FEED_MADE: N_("a secret address was made where your duty turns are read as a calendar"),
    Kind.FEED_ENDED: N_("a secret address of your duty turns was ended"),
}


@dataclass(frozen=True, slots=True)
class ChannelWord:
    """What there is to say of a change."""

    kind: Kind
    at: datetime
    """When it was made, aware UTC."""
    telephone: str | None
    """Of the coordination, where there is one alone."""


def compose_test(code: str, *, channel: str, language: str) -> tuple[str, str]:
    """Subject and body; an SMS and a call have no subject."""
    catalogue = translator(language_of(language), "notifiers")
    _ = catalogue.gettext
    if channel == "push":
        return "", _("Test: messages come to this browser.")
    if channel == "voice":
        return "", _(CALL).format(code=", ".join(code))
    if channel == "sms":
        return "", _(SMS).format(code=code)
    return _(SUBJECT), "\n\n".join(_(one).format(code=code) for one in MAIL) + "\n"


def compose_channel_word(word: ChannelWord, *, channel: str, language: str) -> tuple[str, str]:
    """What a person hears of a change of how she is called: when, what kind of thing, whom to telephone; no link."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    what = _(DONE[word.kind])
    if channel in {"sms", "voice"}:
        short = _("Staffetta, {moment}: {what}. Was it not you? Telephone the coordination.")
        return "", short.format(moment=short_deadline(word.at, catalogue), what=what)
    said = _("{when}: {what}.").format(when=long_deadline(word.at, language, catalogue), what=what)
    known = _("Was it you, or do you know of it? Then there is nothing to do.")
    if word.telephone is None:
        other = _("If not, telephone the coordination at once.")
    else:
        other = _("If not, telephone the coordination at once: {telephone}.").format(telephone=word.telephone)
    return _("Staffetta: how you are called"), f"{said}\n\n{known}\n\n{other}\n"
