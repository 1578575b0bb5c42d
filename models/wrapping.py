"""The keys that wrap the keys of cases, as one process holds them: more than one of a kind while they are replaced.

A wrap names no key. AES-GCM refuses a wrong one, so each is tried, the one in use first. What new wraps go under stands
in the key store, where it is looked at in the transaction that keeps them: a process that was started before would
otherwise go on with a key that nobody may have tomorrow.
"""

from collections.abc import Callable, Mapping, Sequence

from models.key_tables import KeyKind
from models.keyfiles import fingerprint
from models.keyring_errors import KeyNotInUse, SealBroken
from models.sealing import Place, seal, unseal

PEOPLE = "people"
"""What stands in the place of a case where the key of the second factors is kept."""
Keys = Mapping[KeyKind, Sequence[bytes]]


class WrappingKeys:
    """The key-encrypting keys of this process."""

    def __init__(self, keys: Keys, read_again: Callable[[], Keys] | None = None) -> None:
        """`keys` by kind, the one in use first; `read_again` reads their files once more."""
        self._keys = {kind: list(found) for kind, found in keys.items()}
        self._read_again = read_again

    @property
    def kinds(self) -> Sequence[KeyKind]:
        """What this process may open."""
        return tuple(self._keys)

    def in_use(self, kind: KeyKind) -> bytes:
        """What new wraps go under."""
        return self._keys[kind][0]

    def every(self, kind: KeyKind) -> Sequence[bytes]:
        """All of this kind, the one in use first."""
        return tuple(self._keys[kind])

    @property
    def fingerprints(self) -> Mapping[KeyKind, str]:
        """What new wraps go under, by kind."""
        return {kind: fingerprint(found[0]) for kind, found in self._keys.items()}

    def go_by(self, in_force: Mapping[KeyKind, str]) -> None:
        """Wrap from now on under what the key store says.

        Raises:
            KeyNotInUse: none of the files holds it.
        """
        for kind in self._keys.keys() & in_force.keys():
            if in_force[kind] not in map(fingerprint, self._keys[kind]):
                self._read()
            known = self._keys[kind]
            chosen = [key for key in known if fingerprint(key) == in_force[kind]]
            if not chosen:
                raise KeyNotInUse(name=kind, fingerprint=in_force[kind])
            self._keys[kind] = [chosen[0], *(key for key in known if key != chosen[0])]

    def wrap(self, case_id: str, kind: KeyKind, key: bytes) -> bytes:
        """The case's key, wrapped under the one in use."""
        return seal(self._keys[kind][0], key, _place(case_id, kind))

    def unwrap(self, case_id: str, kind: KeyKind, wrapped: bytes) -> bytes:
        """The case's key.

        Raises:
            SealBroken: no key of this process opens it, those that came since included.
        """
        place = _place(case_id, kind)
        tried = self.every(kind)
        for key in tried:
            if (opened := _opened(key, wrapped, place)) is not None:
                return opened
        self._read()
        for key in self._keys[kind]:
            if key not in tried and (opened := _opened(key, wrapped, place)) is not None:
                return opened
        raise SealBroken(table=place.table)

    def opens(self, case_id: str, kind: KeyKind, wrapped: bytes) -> bool:
        """Whether a key that this process knows opens it."""
        return any(_opened(key, wrapped, _place(case_id, kind)) is not None for key in self._keys[kind])

    def _read(self) -> None:
        """Know what the files hold by now, beside what was known: what is in use stays so until `go_by`."""
        if self._read_again is None:
            return
        for kind, found in self._read_again().items():
            known = self._keys[kind]
            self._keys[kind] = [*known, *(key for key in found if key not in known)]


def _opened(key: bytes, wrapped: bytes, place: Place) -> bytes | None:
    try:
        return unseal(key, wrapped, place)
    except SealBroken:
        return None


def _place(case_id: str, kind: KeyKind) -> Place:
    return Place("keys", case_id, case_id, "wrapped", kind)
