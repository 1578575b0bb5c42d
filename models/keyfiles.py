"""The key files of a house: how they are made, read, and replaced without a moment in which one is missing.

Each key may stand in up to three files: the one in use (`vault.key`), the one that is coming while wraps are being
rewrapped (`vault.next.key`), and the one before, until somebody takes it away (`vault.old.key`).
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from models.key_tables import KeyKind
from models.keyring_errors import KeyMissing, KeyReadableByOthers, KeyUnreadable
from models.sealing import KEY_BYTES

FILES = ("route", "vault", "token", "find", "root")
NEEDED = frozenset({"route", "vault", "token"})
"""Without these nothing works. `find` only finds a case by telephone, `root` only signs what binds the chains."""
WRAPPING: Sequence[KeyKind] = ("route", "vault")
"""Those that wrap the keys of cases: the ones that are rotated."""
KEY_FILE_MODE = 0o400


class Stage(StrEnum):
    """Which of a key's files."""

    IN_USE = ""
    NEXT = "next"
    OLD = "old"


@dataclass(frozen=True)
class KeyFile:
    """One key file, without the key."""

    name: str
    stage: Stage
    path: Path
    fingerprint: str
    since: datetime
    """When the file was written."""


def key_path(folder: Path, name: str, stage: Stage = Stage.IN_USE) -> Path:
    """Where this key stands."""
    return folder / (f"{name}.{stage}.key" if stage else f"{name}.key")


def fingerprint(key: bytes) -> str:
    """What a key is called by: 64 bits of a hash, which tell nothing of it."""
    return hashlib.sha256(b"staffetta key" + key).hexdigest()[:16]


def create_keys(folder: Path) -> None:
    """Make the key files that are not there yet (0400, in a folder of 0700). Two processes may do so at once."""
    make_folder(folder)
    for name in FILES:
        if not key_path(folder, name).exists():
            write_key(key_path(folder, name), os.urandom(KEY_BYTES))


def make_folder(folder: Path) -> None:
    """Make the folder of the keys, for its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_key(path: Path, key: bytes) -> None:
    """Write a key durably where none stands; where another process was first, its key stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_FILE_MODE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    # A link, not a rename: where another process was first, its key stays.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    _sync(path.parent)


def put_next_in_use(folder: Path, name: str) -> None:
    """What was coming is in use, what was in use is the old one. Killed half way, it is done again; none is missing."""
    in_use = key_path(folder, name)
    with suppress(FileExistsError):
        os.link(in_use, key_path(folder, name, Stage.OLD))
    key_path(folder, name, Stage.NEXT).replace(in_use)
    _sync(folder)


def remove_old(folder: Path, name: str) -> None:
    """Take the old key away."""
    key_path(folder, name, Stage.OLD).unlink(missing_ok=True)
    _sync(folder)


def read_key(path: Path) -> bytes:
    """The key in this file.

    Raises:
        KeyMissing, KeyReadableByOthers, KeyUnreadable.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise KeyReadableByOthers(path=path)
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise KeyMissing(path=path) from None
    except (OSError, ValueError):
        raise KeyUnreadable(path=path) from None
    if len(key) != KEY_BYTES:
        raise KeyUnreadable(path=path)
    return key


def read_wrapping_keys(folder: Path, kinds: Sequence[KeyKind]) -> Mapping[KeyKind, Sequence[bytes]]:
    """The keys of these kinds, the one in use first, then whatever stands beside it.

    Raises:
        KeyMissing, KeyReadableByOthers, KeyUnreadable.
    """
    found: dict[KeyKind, list[bytes]] = {}
    for kind in kinds:
        beside = [key_path(folder, kind, stage) for stage in (Stage.NEXT, Stage.OLD)]
        found[kind] = [read_key(key_path(folder, kind)), *(read_key(path) for path in beside if path.exists())]
    return found


def key_files(folder: Path) -> Sequence[KeyFile]:
    """Every key file that is there.

    Raises:
        KeyReadableByOthers, KeyUnreadable.
    """
    found = []
    for name in FILES:
        for stage in Stage:
            path = key_path(folder, name, stage)
            if path.exists():
                since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                found.append(KeyFile(name, stage, path, fingerprint(read_key(path)), since))
    return found


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
