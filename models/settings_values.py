"""What single settings must look like, beyond their type. Each check says what to write instead."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from procedures.marking import N_

HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62}\.?)*")
DATABASES = ("sqlite", "postgresql")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
OURS = {"staffetta-mail", "staffetta-pec", "staffetta-sms", "staffetta-voice", "staffetta-push", "json", "jsons"}
"""Schemes whose secret is the password; in those of other services any part may be one."""
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")
"""The plain form of RFC 5321, 4.1.2, of a machine that has a domain."""
NOT_A_MAILBOX = N_("it is no e-mail address")
NOT_A_WEB_ADDRESS = N_("write it as https://staffetta.example.org")
NOT_A_HOST = N_("it is no address of a machine, such as 127.0.0.1")
NOT_A_DATABASE = N_("write it as sqlite:///… or postgresql+psycopg://…")
NOT_A_PATH = N_("it is no path of a file or folder")
WORDS = re.compile(r"[\x21-\x7e]{1,200}( [\x21-\x7e]{1,200}){0,9}")
"""Plain characters without blanks, and up to ten of that with one blank between."""
NOT_AN_ISSUER = N_("write it as the provider does, such as https://id.example.org; http is for this machine alone")
NOT_A_STAMP_SERVER = N_("write it as https://stamps.example.org/tsr; http is for this machine alone")
NOT_WORDS = N_("it holds what no provider writes, or too much")
NOT_A_NAME = N_("a name has 1 to 60 letters, digits, blanks and signs")
LONGEST_NAME = 60


def _split(text: str) -> SplitResult | None:
    """The parts of an address; None for one that has no host or cannot be read."""
    try:
        parts = urlsplit(text)
        return parts if parts.hostname and (parts.port is None or parts.port > 0) and text.isprintable() else None
    except ValueError:
        return None


def _web_address(text: str) -> str:
    parts = _split(text)
    plain = parts is not None and parts.scheme in {"http", "https"} and parts.path in {"", "/"} and _is_host(parts)
    if not plain or "?" in text or "#" in text or "@" in text:
        raise ValueError(NOT_A_WEB_ADDRESS)
    return text


def _is_host(parts: SplitResult) -> bool:
    return bool(parts.hostname) and is_host(str(parts.hostname))


def is_host(text: str) -> bool:
    """Whether a machine can have this name or number."""
    try:
        ip_address(text)
    except ValueError:
        return HOST_NAME.fullmatch(text) is not None
    return True


def _host(text: str) -> str:
    if not is_host(text):
        raise ValueError(NOT_A_HOST)
    return text


def _mailbox(text: str) -> str:
    if not MAILBOX.fullmatch(text):
        raise ValueError(NOT_A_MAILBOX)
    return text


def _database(text: str) -> str:
    scheme, divided, rest = text.partition("://")
    if not divided or scheme.partition("+")[0] not in DATABASES or not SCHEME.fullmatch(scheme) or not rest:
        raise ValueError(NOT_A_DATABASE)
    if not text.isprintable():
        raise ValueError(NOT_A_DATABASE)
    return text


def _path(path: Path) -> Path:
    if not str(path).isprintable() or path == Path():
        raise ValueError(NOT_A_PATH)
    return path


def _is_asked_safely(text: str) -> bool:
    """Whether it is an address behind TLS, or one of this machine, without anything that could hold a secret."""
    try:
        parts = urlsplit(text)
        good = parts.hostname is not None and is_host(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    return good and safe and text.isprintable() and text.isascii() and not set("?#@ ") & set(text)


def _issuer(text: str) -> str:
    if not _is_asked_safely(text):
        raise ValueError(NOT_AN_ISSUER)
    return text


def _stamp_server(text: str) -> str:
    if not _is_asked_safely(text):
        raise ValueError(NOT_A_STAMP_SERVER)
    return text


def _provider_words(text: str) -> str:
    if not WORDS.fullmatch(text):
        raise ValueError(NOT_WORDS)
    return text


def _provider_name(text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_NAME or not text.isprintable():
        raise ValueError(NOT_A_NAME)
    return text.strip()


OTHERS = 0o077
"""Any right of the group or of others, as for the files of the keys."""


def address_in(file: Path) -> str:
    """The address of a database that stands in this file, for its owner alone.

    Raises:
        PermissionError: others can read it.
        OSError, ValueError: it cannot be read, or holds no address.
    """
    if file.stat().st_mode & OTHERS:
        raise PermissionError
    return _database(file.read_text(encoding="utf-8").strip())


def secret_in(file: Path) -> str:
    """The secret at a provider that stands in this file, for its owner alone. Raises as `address_in`."""
    if file.stat().st_mode & OTHERS:
        raise PermissionError
    return _provider_words(file.read_text(encoding="utf-8").strip())


def holds_a_secret(url: str) -> bool:
    """Whether whoever reads this address learns a password."""
    try:
        parts = urlsplit(url)
        scheme = parts.scheme.partition("+")[0]
        return bool(parts.password) or (scheme not in OURS and scheme not in DATABASES)
    except ValueError:
        return True


WebAddress = Annotated[str, AfterValidator(_web_address)]
HostName = Annotated[str, AfterValidator(_host)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
MailBox = Annotated[str, AfterValidator(_mailbox)]
PlainPath = Annotated[Path, AfterValidator(_path)]
Issuer = Annotated[str, AfterValidator(_issuer)]
StampServer = Annotated[str, AfterValidator(_stamp_server)]
ProviderWords = Annotated[str, AfterValidator(_provider_words)]
ProviderName = Annotated[str, AfterValidator(_provider_name)]


def is_loopback(host: str | None) -> bool:
    """Whether the name or address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


class Section(BaseModel):
    """One section: every key known, every value checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
