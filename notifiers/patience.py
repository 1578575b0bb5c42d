"""How long a carrier waits, all in seconds.

A mail takes `whole` seconds at most, less than the lease of a claim (60), so that nobody else sends the same beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of one attempt."""

    whole: float = 50.0
    """Mail: for all of it. What comes before the text must be done `answering` seconds earlier, or it is given up."""
    queueing: float = 10.0
    """For a connection that is free."""
    connecting: float = 8.0
    """Until the carrier is ready to listen: TLS and sign-in included."""
    addressing: float = 8.0
    """Mail: from the sender's address until the server asks for the text."""
    answering: float = 20.0
    """From handing over the text until the carrier's word."""
    probing: float = 3.0
    """For a sign of life on a kept connection."""
    idle: float = 20.0
    """After this much silence a kept connection is probed before it is used."""
