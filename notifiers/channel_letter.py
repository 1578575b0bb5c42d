"""What a person is sent about her own channels: a test with its code. It knows of no case, and names nobody."""

from notifiers.language import language_of, translator
from procedures.marking import N_

SUBJECT = N_("Staffetta: test of this channel")
MAIL = (
    N_("This is the test of this channel that was asked for on your page of Staffetta. It arrived."),
    N_("Code: {code}"),
    N_("Type it on that page within ten minutes: then the network knows that you read what comes here."),
    N_("Did you ask for no test? Then do nothing, and tell nobody the code. Nobody will telephone you for it."),
)
SMS = N_("Staffetta: test of this channel. Code {code}, for ten minutes. Type it on your page, tell it to nobody.")
CALL = N_("This is Staffetta, with the test of this telephone. The code is: {code}. Once more: {code}. Good-bye.")


def compose_test(code: str, *, channel: str, language: str) -> tuple[str, str]:
    """Subject and body; an SMS and a call have no subject."""
    catalogue = translator(language_of(language), "notifiers")
    _ = catalogue.gettext
    if channel == "voice":
        return "", _(CALL).format(code=", ".join(code))
    if channel == "sms":
        return "", _(SMS).format(code=code)
    return _(SUBJECT), "\n\n".join(_(one).format(code=code) for one in MAIL) + "\n"
