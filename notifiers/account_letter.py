"""What the owner of an account is told of it: when, what kind of thing, and whom to telephone. Nothing else.

No name, no role, no address, no device and no link: whoever reads the mailbox learns nothing to use, and a forged mail
like it can ask for nothing that a true one would.
"""

import gettext
from collections.abc import Mapping, Sequence
from datetime import datetime

from notifiers.language import language_of, translator
from notifiers.moments import long_deadline
from procedures.marking import N_
from procedures.people import PersonActKind

MOST = 20
"""Lines; of older ones their number."""
DONE: Mapping[PersonActKind, str] = {
    PersonActKind.MADE: N_("the account was made"),
    PersonActKind.ROLE_GIVEN: N_("a role was given to it"),
    PersonActKind.ROLE_TAKEN: N_("a role was taken from it"),
    PersonActKind.INVITED: N_("a link was made with which its password can be set anew"),
    PersonActKind.PASSWORD_SET: N_("its password was set"),
    PersonActKind.SIGN_INS_ENDED: N_("its sign-ins were ended"),
    PersonActKind.FACTOR_SET: N_("an app for codes was set"),
    PersonActKind.FACTOR_TAKEN: N_("its second factor was taken away"),
    PersonActKind.PASSKEY_SET: N_("a passkey was set"),
    PersonActKind.PASSKEY_TAKEN: N_("a passkey was taken away"),
    PersonActKind.APP_TAKEN: N_("the app for codes was taken away"),
    PersonActKind.RECOVERY_DRAWN: N_("new recovery codes were drawn"),
    PersonActKind.TIED: N_("it was said which person of the network it belongs to"),
    PersonActKind.IDENTITY_TIED: N_("a sign-in elsewhere was tied to it"),
    PersonActKind.IDENTITY_TAKEN: N_("a sign-in elsewhere was taken away"),
    PersonActKind.SHUT: N_("it was shut"),
    PersonActKind.OPENED: N_("it was opened again"),
    PersonActKind.RECOVERY_USED: N_("a recovery code was used"),
    PersonActKind.DEVICE_NEW: N_("somebody signed in from a device that it was not seen on"),
    PersonActKind.BROWSER_SET: N_("alerts were let come to a browser"),
    PersonActKind.BROWSER_TAKEN: N_("a browser for alerts was taken away"),
    PersonActKind.CODES_WRONG: N_("somebody who knew its password typed ten wrong codes"),
}


def compose_account_letter(
    done: Sequence[tuple[PersonActKind, datetime]], *, owner: bool, telephone: str | None, language: str
) -> tuple[str, str]:
    """Subject and body of a mail. `owner`: whether it goes to the account's person; else, to who runs the house."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    lines = [
        _("{when}: {what}").format(when=long_deadline(at, language, catalogue), what=_(DONE[kind])) for kind, at in done
    ]
    if len(lines) > MOST:
        lines = [_("Earlier: {count} more.").format(count=len(lines) - MOST), *lines[-MOST:]]
    if owner:
        subject, opening = _("Staffetta: your account"), _("Something was done with your account:")
        paragraphs = [
            _("Was it you, or do you know of it? Then there is nothing to do."),
            _if_not(catalogue, telephone),
        ]
    else:
        subject = _("Staffetta: an account")
        opening = _("Something was done with an account whose person gets no mail from here:")
        paragraphs = [
            _(
                "Which one, whoever audits sees at the desk; staffetta doctor names the accounts of which this is so. "
                "If nobody asked for it, end its sign-ins and telephone its person."
            ),
        ]
    no_link = _("This mail has no link, and nobody will ask you for a password or a code because of it.")
    return subject, "\n\n".join([opening, "\n".join(lines), *paragraphs, no_link]) + "\n"


def _if_not(catalogue: gettext.NullTranslations, telephone: str | None) -> str:
    if telephone is None:
        return catalogue.gettext("If not, telephone at once whoever runs your accounts, or the coordination.")
    said = catalogue.gettext("If not, telephone at once whoever runs your accounts, or the coordination: {telephone}.")
    return said.format(telephone=telephone)
