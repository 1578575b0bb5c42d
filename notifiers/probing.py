"""Whether anybody listens where a carrier sends: a connection is opened and closed, nothing is said on it."""

import socket
from urllib.parse import urlsplit

from notifiers.accounts import read_account
from notifiers.carriers import OUR_SCHEMES
from notifiers.errors import UnreadableCarrier
from notifiers.patience import Patience
from procedures.errors import StaffettaError
from procedures.marking import N_

STOCK_PORTS = {"json": 80, "jsons": 443, "smseagles": 443}
"""Services of Apprise's own whose URL names a host. In those of the others an account stands in its place."""


class CarrierUnreachable(StaffettaError):
    """Nobody answers where this carrier sends. Nothing was sent."""

    template = "The carrier {carrier} cannot be reached at {place}: {why}. Start that server or correct its url."


def probe(carrier: str, url: str, *, patience: Patience | None = None) -> None:
    """Knock where the carrier of this name sends; one whose URL names no host is passed over.

    Raises:
        CarrierUnreachable: nobody answers; it names host and port, nothing else of the URL.
        BadCarrier: the URL cannot be read.
    """
    place = _place(carrier, url)
    if place is None:
        return
    host, port = place
    seconds = (patience or Patience()).probing
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except TimeoutError:
        why = N_("it does not answer")
    except (socket.gaierror, UnicodeError):
        why = N_("no machine has this name")
    except ConnectionRefusedError:
        why = N_("nothing listens there")
    except OSError:
        why = N_("no way leads there")
    else:
        return
    raise CarrierUnreachable(carrier=carrier, place=f"[{host}]:{port}" if ":" in host else f"{host}:{port}", why=why)


def _place(carrier: str, url: str) -> tuple[str, int] | None:
    scheme = url.partition("://")[0]
    if scheme in OUR_SCHEMES:
        account = read_account(carrier, url)
        # Each browser names the push service that it is written to.
        return (account.host, account.port) if account.host else None
    if scheme not in STOCK_PORTS:
        return None
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or STOCK_PORTS[scheme]
    except ValueError:  # its text repeats the URL
        raise UnreadableCarrier(carrier=carrier) from None
