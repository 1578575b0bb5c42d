"""The keys of a house, and the two keys of every case.

Two key-encrypting keys: `route` opens what the rules need (risk, consents, exclusions; desk, dispatcher and engine),
`vault` what identifies a person (the desk and the command line alone). A case has one data key for each; they are kept
wrapped, in a key store of their own, so that destroying them erases the case.
"""

import hashlib
import hmac
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

from models.keyring_errors import (
    CaseKeyMissing,
    KeyMissing,
    KeyReadableByOthers,
    KeyStoreUnusable,
    KeyUnreadable,
    NoVaultKey,
    SealBroken,
)
from models.keystore import KeyKind, KeyStore
from models.sealing import KEY_BYTES, Place, seal, unseal
from models.store_errors import StoreFailed

FILES = ("route", "vault", "token", "root")
KEPT_OPEN = 4096
"""How many cases' keys stay unwrapped in memory."""


def create_keys(folder: Path) -> None:
    """Make the key files that are not there yet (0400, in a folder of 0700). Two processes may do so at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in FILES:
        if not (folder / f"{name}.key").exists():
            create_key(folder / f"{name}.key")


def create_key(path: Path) -> None:
    """Make this key file (0400). Where another process was first, its key stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(os.urandom(KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    # A link, not a rename: it replaces nothing.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_key(path: Path) -> bytes:
    """The key in this file. Raises KeyMissing, KeyReadableByOthers, KeyUnreadable."""
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


def _open_store(place: Path | str) -> KeyStore:
    """The key store; a broken file of it is named, so that it is not taken for the database."""
    try:
        return KeyStore.open(place)
    except StoreFailed as error:
        if not isinstance(place, Path) or "why" not in error.data:
            raise
        raise KeyStoreUnusable(place=place, why=error.data["why"]) from None


class Keyring:
    """The keys that this process may use."""

    def __init__(self, keys: dict[KeyKind, bytes], token_key: bytes, store: KeyStore) -> None:
        self.folder: Path | None = None
        """Where the key files are."""
        self._keys = keys
        self._store = store
        self._opened: dict[tuple[str, KeyKind], bytes] = {}
        self._remembering = threading.Lock()
        self._keeper: Executor = ThreadPoolExecutor(1, "keeps case keys")
        self._drawing = threading.RLock()
        self._under_way: dict[str, Future[None]] = {}
        """What becomes of the keys that were drawn and are not kept yet, by case."""
        self.token_key = token_key
        """What links and their codes are derived with."""
        self.command_key = hmac.digest(token_key, b"staffetta commands", hashlib.sha256)
        """What the digests of commands are made with: a plain hash of a name could be guessed."""

    @classmethod
    def load(cls, folder: Path, *, with_vault: bool, store: Path | str | None = None) -> Self:
        """Read the key files in `folder`; the key store stands beside the folder unless `store` names another.

        `store` is a file, or the address of a database.

        Raises:
            KeyMissing, KeyReadableByOthers, KeyUnreadable, KeyStoreUnusable.
        """
        keys: dict[KeyKind, bytes] = {"route": read_key(folder / "route.key")}
        if with_vault:
            keys["vault"] = read_key(folder / "vault.key")
        token_key = read_key(folder / "token.key")
        made = cls(keys, token_key, _open_store(store or folder.parent / "keys.sqlite"))
        made.folder = folder
        return made

    @property
    def has_vault(self) -> bool:
        """Whether this process may read and write what identifies a person."""
        return "vault" in self._keys

    @property
    def people_key(self) -> bytes:
        """What the second factors of accounts are sealed with. Raises NoVaultKey: the desk's alone."""
        if "vault" not in self._keys:
            raise NoVaultKey
        return hmac.digest(self._keys["vault"], b"staffetta second factors", hashlib.sha256)

    def make_case_keys(self, *case_ids: str, nameless: AbstractSet[str] = frozenset()) -> None:
        """Draw the keys of new cases and keep them wrapped, before anything is sealed with them: all in one commit.

        A case that is refused afterwards leaves an orphan in the key store, which harms nobody.

        Raises:
            NoVaultKey: only a process with the vault key opens cases.
        """
        self.making_case_keys(*case_ids, nameless=nameless).result()

    def making_case_keys(self, *case_ids: str, nameless: AbstractSet[str] = frozenset()) -> "Future[None]":
        """The same, while the caller goes on: what is sealed meanwhile must not be committed before the result is in.

        The disk is waited for once instead of twice. Cases that have keys already keep those, and so do cases whose
        keys are just being kept: of two keys drawn for one case, only one could ever open what is sealed. Of
        `nameless`, which are the network's own work, there is nobody to keep secret: they get no key of the vault,
        whoever begins them.

        Raises:
            NoVaultKey: only a process with the vault key opens cases about somebody.
            StoreBusy, StoreFailed: from the result, too. The keys are not kept: nothing may be kept that they seal.
        """
        if not self.has_vault and not nameless >= set(case_ids):
            raise NoVaultKey
        with self._drawing:
            before = {self._under_way[case_id] for case_id in case_ids if case_id in self._under_way}
            new = [one for one in case_ids if one not in self._under_way and not self._store.has(one)]
            drawn = {
                case_id: {kind: os.urandom(KEY_BYTES) for kind in self._kinds(nameless=case_id in nameless)}
                for case_id in new
            }
            for case_id, keys in drawn.items():
                for kind, key in keys.items():
                    self._remember(case_id, kind, key)
            kept: Future[None] = Future()
            self._under_way |= dict.fromkeys(new, kept)
            self._keeper.submit(self._keep, drawn, before, kept)
        return kept

    def _kinds(self, *, nameless: bool) -> Sequence[KeyKind]:
        return [kind for kind in self._keys if kind != "vault" or not nameless]

    def _keep(
        self,
        drawn: Mapping[str, Mapping[KeyKind, bytes]],
        before: Iterable["Future[None]"],
        kept: "Future[None]",
    ) -> None:
        try:
            for earlier in before:
                earlier.result()  # it is done: one thread keeps them all, in their turn
            self._store.keep({case_id: self._wrapped(case_id, keys) for case_id, keys in drawn.items()})
        except BaseException as failure:  # noqa: BLE001  # whoever waits for the keys hears it
            with self._remembering:
                for case_id, keys in drawn.items():
                    for kind in keys:
                        self._opened.pop((case_id, kind), None)
            self._no_longer_under_way(drawn)
            kept.set_exception(failure)
        else:
            self._no_longer_under_way(drawn)
            kept.set_result(None)

    def _no_longer_under_way(self, case_ids: Iterable[str]) -> None:
        with self._drawing:
            for case_id in case_ids:
                del self._under_way[case_id]

    def _wrapped(self, case_id: str, keys: Mapping[KeyKind, bytes]) -> Mapping[KeyKind, bytes]:
        return {kind: seal(self._keys[kind], key, _wrapping(case_id, kind)) for kind, key in keys.items()}

    def _case_key(self, case_id: str, kind: KeyKind) -> bytes:
        known = self._opened.get((case_id, kind))
        if known is not None:
            return known
        wrapped = self._store.wrapped(case_id, kind)
        if wrapped is None:
            raise CaseKeyMissing
        return self._opened_from(case_id, kind, wrapped)

    def open_ahead(self, kind: KeyKind, case_ids: Iterable[str]) -> None:
        """Have the keys of these cases at hand, read in one look. A key that is missing or broken says so when used.

        Raises:
            StoreBusy, StoreFailed.
        """
        closed = [case_id for case_id in case_ids if (case_id, kind) not in self._opened]
        if len(closed) < 2:  # noqa: PLR2004  # one alone is read when it is used
            return
        for case_id, wrapped in self._store.wrapped_of(closed, kind).items():
            with suppress(SealBroken):
                self._opened_from(case_id, kind, wrapped)

    def _opened_from(self, case_id: str, kind: KeyKind, wrapped: bytes) -> bytes:
        key = unseal(self._keys[kind], wrapped, _wrapping(case_id, kind))
        self._remember(case_id, kind, key)
        return key

    def _remember(self, case_id: str, kind: KeyKind, key: bytes) -> None:
        with self._remembering:
            if len(self._opened) >= KEPT_OPEN:
                del self._opened[next(iter(self._opened))]
            self._opened[case_id, kind] = key

    def seal(self, kind: KeyKind, text: bytes, *, table: str, case_id: str, row: str, field: str) -> bytes:
        """Encrypt under the case's `kind` key.

        Raises:
            NoVaultKey: what identifies a person was to be written by a process that may not.
            CaseKeyMissing: the case has no key.
        """
        if kind not in self._keys:
            raise NoVaultKey
        return seal(self._case_key(case_id, kind), text, Place(table, case_id, row, field, kind))

    def unseal(self, kind: KeyKind, sealed: bytes, *, table: str, case_id: str, row: str, field: str) -> bytes | None:
        """Decrypt what was sealed there; None where this process does not hold the key.

        Raises:
            SealBroken: altered, moved, or sealed under another key.
            CaseKeyMissing: the case has no key.
        """
        if kind not in self._keys:
            return None
        return unseal(self._case_key(case_id, kind), sealed, Place(table, case_id, row, field, kind))

    def close(self) -> None:
        """Let go of the key store."""
        self._keeper.shutdown()
        self._store.close()


def _wrapping(case_id: str, kind: KeyKind) -> Place:
    return Place("keys", case_id, case_id, "wrapped", kind)
