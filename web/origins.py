"""Where the desk lives, as a browser would say it, and what follows from it for cookies and forms."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from models.passkeys import Site
from models.settings_values import is_loopback


@dataclass(frozen=True)
class Origins:
    """The origins that are ours. Taken from the settings, never from a request's Host."""

    base_url: str
    ours: frozenset[str]
    secure: bool
    """Whether browsers reach us over TLS."""

    @property
    def site(self) -> Site | None:
        """To what passkeys are bound; None where browsers make none: without TLS, or where the host is a number."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        good = host == "localhost" or (self.secure and not _is_number(host))
        return Site(host, f"{parts.scheme}://{parts.netloc}") if good else None

    @property
    def on_this_machine(self) -> bool:
        """Whether nobody but this machine reaches the desk by its own address: a house that is being tried out.

        No real one lives there, for this is also where the links in its messages would lead.
        """
        return is_loopback(urlsplit(self.base_url).hostname)

    @property
    def session_cookie(self) -> str:
        """`__Host-staffetta`; over plain HTTP on loopback a browser refuses that prefix, so the name goes without."""
        return "__Host-staffetta" if self.secure else "staffetta"

    @property
    def device_cookie(self) -> str:
        """Where a device keeps that somebody signed in on it. It opens nothing."""
        return "__Host-staffetta-device" if self.secure else "staffetta-device"

    @property
    def way_cookie(self) -> str:
        """Where a browser keeps its way to the provider of sign-ins, sealed, for ten minutes."""
        return "__Host-staffetta-way" if self.secure else "staffetta-way"

    @property
    def language_cookie(self) -> str:
        """Where the desk keeps the language that was chosen. It says nothing of anybody."""
        return "__Host-staffetta-language" if self.secure else "staffetta-language"

    @property
    def board_cookie(self) -> str:
        """Where a browser keeps to what the board was narrowed last, until she signs out. It names no person."""
        return "__Host-staffetta-board" if self.secure else "staffetta-board"


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def origins(base_url: str | None, host: str, port: int) -> Origins:
    """Ours: the base URL of the settings; without one, loopback under each of its names."""
    if base_url is not None:
        parts = urlsplit(base_url)
        return Origins(
            base_url=base_url.rstrip("/"),
            ours=frozenset({f"{parts.scheme}://{parts.netloc}"}),
            secure=parts.scheme == "https",
        )
    names = {host, "127.0.0.1", "localhost", "[::1]"}
    return Origins(base_url=f"http://{host}:{port}", ours=frozenset(f"http://{n}:{port}" for n in names), secure=False)
