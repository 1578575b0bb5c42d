"""Replacing the keys that wrap the keys of cases, while everybody works on.

The order makes every crash harmless: the new key is on the disk before anything goes under it; new wraps go under it
before the old ones are done anew; the files change places only when nothing opens under the old key alone; and the old
key stays until somebody takes it away. Whatever was killed half way goes on where it was when it is called again.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from models.composition import House
from models.key_tables import KeyKind
from models.keyfiles import WRAPPING, Stage, fingerprint, key_path, put_next_in_use, read_key, remove_old, write_key
from models.keyring_errors import OldKeyKept, StillWrapped, TooSoonToRetire
from models.keystore import KeyStore, Wrap
from models.sealing import KEY_BYTES
from models.wrapping import PEOPLE, WrappingKeys

AT_A_TIME = 500
"""Wraps in one commit: some 10 ms for which nobody opens a case."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What became of one key."""

    name: KeyKind
    fingerprint: str
    """Of the one in use from now on."""
    rewrapped: int


def rotate(house: House) -> Sequence[Rotated]:
    """Put new keys into the place of those in use; what was begun before is brought to its end, and nothing else.

    Raises:
        OldKeyKept: those before are still there, and nothing needs them.
        KeyMissing, KeyReadableByOthers, KeyUnreadable, SealBroken, StoreBusy, StoreFailed: call it again.
    """
    folder, store = house.settings.key_folder, house.keyring.store
    going_back = [kind for kind in WRAPPING if _goes_back(folder, kind, store)]
    if not going_back:
        _draw(folder)
    begun = [kind for kind in WRAPPING if kind in going_back or key_path(folder, kind, Stage.NEXT).exists()]
    return [_rotate(house, kind) for kind in begun]


def _draw(folder: Path) -> None:
    """Have every new key on the disk before anything goes under one of them."""
    is_begun = any(key_path(folder, kind, Stage.NEXT).exists() for kind in WRAPPING)
    old = [path for kind in WRAPPING if (path := key_path(folder, kind, Stage.OLD)).exists()]
    if old and not is_begun:
        raise OldKeyKept(path=old[0])
    for kind in WRAPPING:
        if not key_path(folder, kind, Stage.OLD).exists():
            write_key(key_path(folder, kind, Stage.NEXT), os.urandom(KEY_BYTES))


def retire(house: House, *, at_once: bool = False) -> Sequence[Path]:
    """Remove the old keys; which files those were. `at_once`: though backups of the key store may still need them.

    Raises:
        StillWrapped: something opens under them alone.
        TooSoonToRetire: there may be backups that need them.
    """
    folder = house.settings.key_folder
    old = [kind for kind in WRAPPING if key_path(folder, kind, Stage.OLD).exists()]
    for kind in old:
        now_alone = WrappingKeys({kind: [read_key(key_path(folder, kind))]})
        if left := _not_under(now_alone, house.keyring.store, kind):
            raise StillWrapped(count=left)
        if not at_once:
            _refuse_too_soon(house, kind)
    for kind in old:
        remove_old(folder, kind)
    return [key_path(folder, kind, Stage.OLD) for kind in old]


def _refuse_too_soon(house: House, kind: KeyKind) -> None:
    since, days = house.keyring.store.since(kind), house.settings.keys.backup_days
    if since is not None and house.clock.now() < since + timedelta(days=days):
        until = f"{since + timedelta(days=days):%Y-%m-%d}"
        raise TooSoonToRetire(since=f"{since:%Y-%m-%d}", days=days, until=until)


def _rotate(house: House, kind: KeyKind) -> Rotated:
    folder, store = house.settings.key_folder, house.keyring.store
    coming = key_path(folder, kind, Stage.NEXT)
    new = read_key(coming if coming.exists() else key_path(folder, kind))
    keys = WrappingKeys({kind: [new, *_known(folder, kind)]})
    _keep_people_key(house, keys, kind)
    store.put_in_force(kind, fingerprint(new), house.clock.now())
    rewrapped = 0
    # What was being kept under the old key while the new one came into force shows in the second look.
    while done := _rewrap(keys, store, kind):
        rewrapped += done
    if coming.exists():
        put_next_in_use(folder, kind)
    house.keyring.go_by_store()
    return Rotated(kind, fingerprint(new), rewrapped)


def _goes_back(folder: Path, kind: KeyKind, store: KeyStore) -> bool:
    """Whether an older key store was put back, whose wraps go under the old key: nothing new is drawn then."""
    old, coming = key_path(folder, kind, Stage.OLD), key_path(folder, kind, Stage.NEXT)
    if coming.exists() or not old.exists():
        return False
    return _not_under(WrappingKeys({kind: [read_key(key_path(folder, kind))]}), store, kind) > 0


def _known(folder: Path, kind: KeyKind) -> Sequence[bytes]:
    paths = [key_path(folder, kind, stage) for stage in (Stage.IN_USE, Stage.OLD)]
    return [read_key(path) for path in paths if path.exists()]


def _keep_people_key(house: House, keys: WrappingKeys, kind: KeyKind) -> None:
    """Second factors are sealed under a key that the first vault key gave: from now on it is kept like a case's."""
    store = house.keyring.store
    if kind == "vault" and store.wrapped(PEOPLE, kind) is None:
        before = house.keyring.people_key
        wraps: Mapping[str, Mapping[KeyKind, bytes]] = {PEOPLE: {kind: keys.wrap(PEOPLE, kind, before)}}
        store.keep(wraps, {})


def _rewrap(keys: WrappingKeys, store: KeyStore, kind: KeyKind) -> int:
    """Wrap anew whatever does not open under the key in use; how many that were."""
    alone, count, after = WrappingKeys({kind: [keys.in_use(kind)]}), 0, ""
    while page := store.wraps(kind, after, AT_A_TIME):
        old = [one for one in page if not alone.opens(one.case_id, kind, one.wrapped)]
        new = [_anew(keys, one) for one in old]
        if old:
            store.rewrap(old, new)
        count, after = count + len(old), page[-1].case_id
    return count


def _anew(keys: WrappingKeys, one: Wrap) -> Wrap:
    key = keys.unwrap(one.case_id, one.kind, one.wrapped)
    return Wrap(one.case_id, one.kind, keys.wrap(one.case_id, one.kind, key))


def _not_under(keys: WrappingKeys, store: KeyStore, kind: KeyKind) -> int:
    count, after = 0, ""
    while page := store.wraps(kind, after, AT_A_TIME):
        count += sum(not keys.opens(one.case_id, kind, one.wrapped) for one in page)
        after = page[-1].case_id
    return count
