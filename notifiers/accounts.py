"""The settings of a carrier, read from its URL. Everything that could weaken it is refused, never ignored.

`staffetta-mail://[user:password@]host[:port]/?from=ADDRESS&tls=required|starttls|none[&dkim_selector=…&dkim_key=FILE]
[&pgp_keys=FOLDER]`
`staffetta-pec://user:password@host[:port]/?from=ADDRESS&tls=required|starttls|none`
`staffetta-sms://[user:password@]host[:port]/path?from=SENDER&tls=required|none[&gateway=NAME]`
`staffetta-voice://[user:password@]host[:port]/path?from=NUMBER&tls=required|none`
`staffetta-push:///?from=ADDRESS&vapid_key=FILE[&services=HOST,HOST]`: each browser names the host that it is written to
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from notifiers.dkim import SELECTOR, Signer, read_signer
from notifiers.errors import (
    ClearText,
    DkimIncomplete,
    MissingCredentials,
    MissingSender,
    PgpFolderUnusable,
    PushIncomplete,
    UnknownArgument,
    UnknownGateway,
    UnknownTls,
    UnreadableCarrier,
)
from notifiers.gateways import GATEWAYS
from notifiers.gateways.form import Gateway
from notifiers.loopback import is_loopback
from notifiers.pgp import PublicKeys
from notifiers.subscriptions import KNOWN_SERVICES, SERVICE
from notifiers.vapid import PushKey, read_push_key
from procedures.marking import N_

MAIL_SCHEME = "staffetta-mail"
SMS_SCHEME = "staffetta-sms"
PEC_SCHEME = "staffetta-pec"
VOICE_SCHEME = "staffetta-voice"
PUSH_SCHEME = "staffetta-push"
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""The plain form of RFC 5321, 4.1.2: no quotes, comments or characters that a header could misread."""
PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164."""
SMS_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11}")
"""A number, or a name of up to 11 characters."""


ARGUMENTS = ("from", "tls")
DKIM = ("dkim_selector", "dkim_key")
PGP = "pgp_keys"
PUSH = ("from", "vapid_key", "services")
GATEWAY = "gateway"


class Tls(StrEnum):
    """How a connection is protected."""

    REQUIRED = "required"
    """From the first byte."""
    STARTTLS = "starttls"
    """SMTP only: before anything else is said."""
    NONE = "none"
    """Loopback only."""


DEFAULT_PORTS = {
    (MAIL_SCHEME, Tls.REQUIRED): 465,
    (MAIL_SCHEME, Tls.STARTTLS): 587,
    (MAIL_SCHEME, Tls.NONE): 25,
    (PEC_SCHEME, Tls.REQUIRED): 465,
    (PEC_SCHEME, Tls.STARTTLS): 587,
    (PEC_SCHEME, Tls.NONE): 25,
    (SMS_SCHEME, Tls.REQUIRED): 443,
    (SMS_SCHEME, Tls.NONE): 80,
    (VOICE_SCHEME, Tls.REQUIRED): 443,
    (VOICE_SCHEME, Tls.NONE): 80,
}


@dataclass(frozen=True, slots=True)
class Account:
    """Where a carrier of ours sends, as whom, and how protected."""

    scheme: str
    host: str
    port: int
    path: str
    sender: str
    tls: Tls
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    signer: Signer | None = field(default=None, repr=False)
    """Signs each mail, where a key was given."""
    pgp_keys: PublicKeys | None = None
    """The keys of readers who alone may open what is written to them."""
    gateway: Gateway | None = None
    """The SMS provider whose own form is spoken; None for the house's."""
    push: PushKey | None = field(default=None, repr=False)
    """Says to push services who this house is."""
    services: tuple[str, ...] = ()
    """The push services that may be asked."""


def read_account(carrier: str, url: str) -> Account:
    """Read the URL of a carrier of ours; `carrier` is its name in the settings.

    Raises:
        BadCarrier: one subclass for each thing that can be wrong.
    """
    if url.startswith(f"{PUSH_SCHEME}://"):
        return _push_account(carrier, url)
    parts = _split(carrier, url)
    arguments = _arguments(carrier, parts)
    tls = _tls(carrier, parts, arguments.get("tls"))
    if parts.scheme == SMS_SCHEME:
        sender_form, expected = SMS_SENDER, N_("a number or a name of up to 11 letters")
    elif parts.scheme == VOICE_SCHEME:
        sender_form, expected = PHONE_NUMBER, N_("a telephone number such as +390655501001")
    else:
        sender_form, expected = MAIL_ADDRESS, N_("an e-mail address")
    sender = arguments.get("from", "")
    if not sender_form.fullmatch(sender):
        raise MissingSender(carrier=carrier, expected=expected)
    gateway = _gateway(carrier, parts, arguments.get(GATEWAY))
    return Account(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or DEFAULT_PORTS[parts.scheme, tls],
        path=parts.path or "/",
        sender=sender,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        signer=_signer(carrier, sender, arguments),
        pgp_keys=_pgp_keys(carrier, arguments.get(PGP)),
        gateway=gateway,
    )


def gateway_in(carrier: str, url: str) -> Gateway | None:
    """The SMS provider that a carrier's URL names, if it names one. Raises what `read_account` does."""
    return read_account(carrier, url).gateway if url.startswith(f"{SMS_SCHEME}://") else None


def has_number(sender: str) -> bool:
    """Tell whether the sender of SMS is a number, which may receive, and no name."""
    return sender.removeprefix("+").isdecimal()


def _split(carrier: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and parts.port != 0 and not parts.fragment and url.isprintable()
    except ValueError:  # its text repeats the URL
        readable = False
    if not readable:
        raise UnreadableCarrier(carrier=carrier)
    return parts


def _arguments(carrier: str, parts: SplitResult) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    more = {MAIL_SCHEME: (*DKIM, PGP), SMS_SCHEME: (GATEWAY,)}
    known = PUSH if parts.scheme == PUSH_SCHEME else (*ARGUMENTS, *more.get(parts.scheme, ()))
    arguments: dict[str, str] = {}
    for name, value in pairs:
        if name not in known or name in arguments:
            shown = name if re.fullmatch(r"[a-z_]{1,20}", name) else "?"
            raise UnknownArgument(carrier=carrier, argument=shown, known=", ".join(known))
        # A number may be written with its plus sign, which a query reads as a space.
        arguments[name] = f"+{value[1:]}" if name == "from" and re.fullmatch(r" [0-9]+", value) else value
    return arguments


def _tls(carrier: str, parts: SplitResult, value: str | None) -> Tls:
    known = [tls for tls in Tls if (parts.scheme, tls) in DEFAULT_PORTS]
    if value not in known:
        raise UnknownTls(carrier=carrier, known=", ".join(known))
    tls = Tls(value)
    if tls is Tls.NONE and not is_loopback(parts.hostname or ""):
        raise ClearText(carrier=carrier)
    return tls


def _push_account(carrier: str, url: str) -> Account:
    try:
        parts = urlsplit(url)
        readable = not parts.netloc and parts.path in {"", "/"} and not parts.fragment and url.isprintable()
    except ValueError:  # its text repeats the URL
        readable = False
    if not readable:
        raise PushIncomplete(carrier=carrier)
    arguments = _arguments(carrier, parts)
    sender, file = arguments.get("from", ""), arguments.get("vapid_key", "")
    services = tuple(arguments["services"].split(",")) if "services" in arguments else KNOWN_SERVICES
    known = all(SERVICE.fullmatch(one) for one in services)
    if not MAIL_ADDRESS.fullmatch(sender) or not Path(file).is_absolute() or not known:
        raise PushIncomplete(carrier=carrier)
    key = read_push_key(carrier, sender, Path(file))
    return Account(PUSH_SCHEME, "", 443, "/", sender, Tls.REQUIRED, push=key, services=services)


def _gateway(carrier: str, parts: SplitResult, name: str | None) -> Gateway | None:
    if name is None:
        return None
    if name not in GATEWAYS:
        raise UnknownGateway(carrier=carrier, known=", ".join(GATEWAYS))
    gateway = GATEWAYS[name]
    if not parts.username or bool(parts.password) != gateway.has_user:
        raise MissingCredentials(carrier=carrier, gateway=name, expected=gateway.secrets)
    return gateway


def _signer(carrier: str, sender: str, arguments: dict[str, str]) -> Signer | None:
    if not any(name in arguments for name in DKIM):
        return None
    selector, file = (arguments.get(name, "") for name in DKIM)
    if not SELECTOR.fullmatch(selector) or not Path(file).is_absolute():
        raise DkimIncomplete(carrier=carrier)
    return read_signer(carrier, sender, selector, Path(file))


def _pgp_keys(carrier: str, folder: str | None) -> PublicKeys | None:
    if folder is None:
        return None
    if not Path(folder).is_absolute() or not Path(folder).is_dir():
        raise PgpFolderUnusable(carrier=carrier)
    return PublicKeys(Path(folder))
