"""Mails that their reader alone can open (OpenPGP, RFC 9580; in a mail, RFC 3156): with the keys in one folder.

A key is named by its fingerprint in the network's file, and lies in the folder as `FINGERPRINT.asc`. Where it cannot be
used nothing goes out in clear in its place.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pysequoia import Cert, encrypt

from procedures.errors import StaffettaError

LARGEST_KEY = 256 * 1024
"""Bytes of a key file."""


class KeyNotUsable(StaffettaError):
    """There is no such key, it is another one, or it is over. Nothing was sent."""

    template = (
        "The key {fingerprint} cannot be used: put a valid one into {folder} as {fingerprint}.asc, or take it out of "
        "the network's file."
    )


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """The folder of the keys."""

    folder: Path

    def sealed(self, entity: bytes, fingerprint: str) -> bytes:
        """This text for whoever has that key alone, as ASCII with CRLF.

        Raises:
            KeyNotUsable.
        """
        try:
            armored = encrypt(entity, recipients=[self._key(fingerprint)], armor=True)
        except RuntimeError:  # its text repeats what stands in the key
            raise self._unusable(fingerprint) from None
        return armored.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def check(self, fingerprint: str) -> None:
        """Try the key on nothing. Raises KeyNotUsable."""
        self.sealed(b"", fingerprint)

    def _key(self, fingerprint: str) -> Cert:
        try:
            with (self.folder / f"{fingerprint.upper()}.asc").open("rb") as file:
                known = Cert.from_bytes(file.read(LARGEST_KEY))
        except (OSError, RuntimeError):
            raise self._unusable(fingerprint) from None
        over = known.expiration is not None and known.expiration <= datetime.now(UTC)
        if known.fingerprint.upper() != fingerprint.upper() or known.is_revoked or over:
            raise self._unusable(fingerprint)
        return known

    def _unusable(self, fingerprint: str) -> KeyNotUsable:
        return KeyNotUsable(fingerprint=fingerprint.upper(), folder=self.folder)
