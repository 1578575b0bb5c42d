"""The socket of the desk, and what is said when somebody else has it."""

import socket
from typing import ClassVar

from procedures.errors import StaffettaError
from web.saying import N_


class PortInUse(StaffettaError):
    """Somebody else listens there."""

    template: ClassVar[str] = N_("The port {port} of {host} cannot be used: {why}. Choose another with --port.")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises PortInUse."""
    # Said to be TCP: asyncio lets small answers leave at once only on a socket that says so. Else each waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortInUse(port=port, host=host, why=error.strerror or "it is taken") from None
    return listening
