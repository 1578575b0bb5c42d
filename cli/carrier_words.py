"""Why a message did not leave: the codes of the carriers in plain words."""

from collections.abc import Mapping

from cli.speech import _
from procedures.marking import N_

CODES: Mapping[str, str] = {
    "no-carrier": N_("no carrier for this channel"),
    "channel-shut": N_("the channel was shut: a false answer came by it"),
    "rests": N_("its carrier is in trouble: it was not tried"),
    "paced": N_("its carrier had all that it may be given in a minute: it was not tried"),
    "address": N_("the address cannot be used"),
    "malformed": N_("the message could not be written for it"),
    "pgp-key": N_("the key to encrypt it with cannot be used"),
    "connect": N_("the carrier cannot be reached"),
    "tls": N_("no protected connection"),
    "sign-in": N_("the carrier does not let us sign in"),
    "timeout": N_("the carrier did not answer in time"),
    "dropped": N_("the connection broke"),
    "busy": N_("the carrier was busy"),
    "redirect": N_("the carrier pointed elsewhere"),
    "no-id": N_("the carrier gave no receipt"),
    "no-word": N_("the carrier said nothing"),
    "apprise": N_("the carrier's program failed"),
    "lease-lapsed": N_("the sender was stopped meanwhile"),
}


def carrier_reason(code: str) -> str:
    """The words of a code of ours; a code of the carrier's protocol, such as 550, by its number."""
    if not code:
        return _("no reason was given")
    known = CODES.get(code)
    return _(known) if known else _("the carrier's code {code}").format(code=code)
