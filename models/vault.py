"""The keys of a house, and the two keys of every case.

Two key-encrypting keys: `route` opens what the rules need (risk, consents, exclusions; desk, dispatcher and engine),
`vault` what identifies a person (the desk and the command line alone). A case has one data key for each; they are kept
wrapped, in a key store of their own, so that destroying them erases the case.
"""

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

from models.key_tables import KeyKind
from models.keyfiles import create_keys, key_path, read_key, read_wrapping_keys
from models.keyring_errors import CaseKeyMissing, NoVaultKey, SealBroken, StaleKey
from models.keystore import NO_MARKS, KeyStore, Marks
from models.opening_keys import find_key_of, open_store
from models.sealing import KEY_BYTES, Place, seal, unseal
from models.store_errors import StoreBusy, StoreFailed
from models.wrapping import PEOPLE, WrappingKeys

__all__ = ["Keyring", "create_keys"]

LOOK_SECONDS = 5.0
"""For so long at most a process opens what it had open of a case that was erased elsewhere."""
KEPT_OPEN = 4096
"""How many cases' keys stay unwrapped in memory."""


class Keyring:
    """The keys that this process may use."""

    def __init__(
        self,
        keys: Mapping[KeyKind, bytes] | WrappingKeys,
        token_key: bytes,
        store: KeyStore,
        find_key: bytes | None = None,
    ) -> None:
        if not isinstance(keys, WrappingKeys):
            keys = WrappingKeys({kind: [key] for kind, key in keys.items()})
        self.folder: Path | None = None
        """Where the key files are."""
        self._keys = keys
        self._store = store
        self._opened: dict[tuple[str, KeyKind], bytes] = {}
        self._remembering = threading.Lock()
        self._erased_seen = 0
        self._look_at = 0.0
        self._keeper: Executor = ThreadPoolExecutor(1, "keeps case keys")
        self._drawing = threading.RLock()
        self._under_way: dict[str, Future[None]] = {}
        """What becomes of the keys that were drawn and are not kept yet, by case."""
        self._find_key = find_key
        self.token_key = token_key
        """What links and their codes are derived with."""
        self.command_key = hmac.digest(token_key, b"staffetta commands", hashlib.sha256)
        """What the digests of commands are made with: a plain hash of a name could be guessed."""

        self.pin_key = hmac.digest(token_key, b"staffetta pins", hashlib.sha256)
        """What PINs are mixed with before they are hashed: six digits alone could be tried out by a thief."""

        self.channel_key = hmac.digest(token_key, b"staffetta channels", hashlib.sha256)
        """What the marks of channels in the acts are made with: a plain hash of a number could be guessed."""

        self.browser_key = hmac.digest(token_key, b"staffetta browsers", hashlib.sha256)
        """What the addresses of browsers at push services are sealed with."""

    @classmethod
    def load(cls, folder: Path, *, with_vault: bool, store: Path | str | None = None) -> Self:
        """Read the key files in `folder`; the key store stands beside the folder unless `store` names another.

        `store` is a file, or the address of a database.

        Raises:
            KeyMissing, KeyReadableByOthers, KeyUnreadable, KeyStoreUnusable, KeyNotInUse.
        """
        kinds: Sequence[KeyKind] = ("route", "vault") if with_vault else ("route",)
        keys = WrappingKeys(read_wrapping_keys(folder, kinds), lambda: read_wrapping_keys(folder, kinds))
        token_key = read_key(key_path(folder, "token"))
        opened = open_store(store or folder.parent / "keys.sqlite")
        try:
            keys.go_by(opened.in_force())
            find_key = find_key_of(folder, opened) if with_vault else None
        except BaseException:  # also Ctrl-C: the store would stay open
            opened.close()
            raise
        made = cls(keys, token_key, opened, find_key)
        made.folder = folder
        return made

    @property
    def store(self) -> KeyStore:
        """Where the wraps are, for whoever replaces keys or erases."""
        return self._store

    @property
    def has_vault(self) -> bool:
        """Whether this process may read and write what identifies a person."""
        return "vault" in self._keys.kinds

    def go_by_store(self) -> None:
        """Wrap from now on under the keys that are in force.

        Raises:
            KeyNotInUse, StoreBusy, StoreFailed.
        """
        self._keys.go_by(self._store.in_force())

    @property
    def people_key(self) -> bytes:
        """What the second factors of accounts are sealed with. Raises NoVaultKey: the desk's alone."""
        if not self.has_vault:
            raise NoVaultKey
        kept = self._store.wrapped(PEOPLE, "vault")
        if kept is not None:
            return self._keys.unwrap(PEOPLE, "vault", kept)
        return hmac.digest(self._keys.in_use("vault"), b"staffetta second factors", hashlib.sha256)

    @property
    def finds(self) -> bool:
        """Whether this process may find a case by telephone."""
        return self._find_key is not None

    def mark_of(self, number: str) -> int:
        """What a telephone number in E.164 form is found by: 32 bits, keyed (trust.md, find by phone).

        Raises:
            NoVaultKey.
        """
        if self._find_key is None:
            raise NoVaultKey
        return int.from_bytes(hmac.digest(self._find_key, number.encode(), hashlib.sha256)[:4], "big")

    def make_case_keys(self, *case_ids: str, nameless: AbstractSet[str] = frozenset()) -> None:
        """Draw the keys of new cases and keep them wrapped, before anything is sealed with them: all in one commit.

        A case that is refused afterwards leaves an orphan in the key store, which harms nobody.

        Raises:
            NoVaultKey: only a process with the vault key opens cases.
        """
        self.making_case_keys(*case_ids, nameless=nameless).result()

    def making_case_keys(
        self, *case_ids: str, nameless: AbstractSet[str] = frozenset(), marks: Marks = NO_MARKS
    ) -> "Future[None]":
        """The same, while the caller goes on: what is sealed meanwhile must not be committed before the result is in.

        The disk is waited for once instead of twice. Cases that have keys already keep those, and so do cases whose
        keys are just being kept: of two keys drawn for one case, only one could ever open what is sealed. Of
        `nameless`, which are the network's own work, there is nobody to keep secret: they get no key of the vault,
        whoever begins them. `marks` are what a case is found by (`mark_of`).

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
            self._keeper.submit(self._keep, drawn, before, kept, marks)
        return kept

    def _kinds(self, *, nameless: bool) -> Sequence[KeyKind]:
        return [kind for kind in self._keys.kinds if kind != "vault" or not nameless]

    def _keep(
        self,
        drawn: Mapping[str, Mapping[KeyKind, bytes]],
        before: Iterable["Future[None]"],
        kept: "Future[None]",
        marks: Marks,
    ) -> None:
        try:
            for earlier in before:
                earlier.result()  # it is done: one thread keeps them all, in their turn
            self._keep_wrapped(drawn, marks)
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

    def _keep_wrapped(self, drawn: Mapping[str, Mapping[KeyKind, bytes]], marks: Marks) -> None:
        try:
            self._store.keep(self._all_wrapped(drawn), self._keys.fingerprints, marks)
        except StaleKey:
            # Keys are being replaced: this process learns the new ones, and goes on.
            self.go_by_store()
            self._store.keep(self._all_wrapped(drawn), self._keys.fingerprints, marks)

    def _all_wrapped(self, drawn: Mapping[str, Mapping[KeyKind, bytes]]) -> Mapping[str, Mapping[KeyKind, bytes]]:
        return {
            case_id: {kind: self._keys.wrap(case_id, kind, key) for kind, key in keys.items()}
            for case_id, keys in drawn.items()
        }

    def _no_longer_under_way(self, case_ids: Iterable[str]) -> None:
        with self._drawing:
            for case_id in case_ids:
                del self._under_way[case_id]

    def forget(self, case_ids: Iterable[str]) -> None:
        """Keep no key of these cases open."""
        with self._remembering:
            for case_id in case_ids:
                for kind in self._keys.kinds:
                    self._opened.pop((case_id, kind), None)

    def forget_erased(self) -> None:
        """Keep no key open of a case that was erased since the last look, here or by another process.

        Raises:
            StoreBusy, StoreFailed.
        """
        self._look_at = time.monotonic() + LOOK_SECONDS
        self._erased_seen, erased = self._store.erased_since(self._erased_seen)
        self.forget(erased)

    def _case_key(self, case_id: str, kind: KeyKind) -> bytes:
        if time.monotonic() > self._look_at:
            # Where the key store is busy, what is open stays so until the next look: an alert does not wait for it.
            with suppress(StoreBusy, StoreFailed):
                self.forget_erased()
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
        key = self._keys.unwrap(case_id, kind, wrapped)
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
        if kind not in self._keys.kinds:
            raise NoVaultKey
        return seal(self._case_key(case_id, kind), text, Place(table, case_id, row, field, kind))

    def unseal(self, kind: KeyKind, sealed: bytes, *, table: str, case_id: str, row: str, field: str) -> bytes | None:
        """Decrypt what was sealed there; None where this process does not hold the key.

        Raises:
            SealBroken: altered, moved, or sealed under another key.
            CaseKeyMissing: the case has no key.
        """
        if kind not in self._keys.kinds:
            return None
        return unseal(self._case_key(case_id, kind), sealed, Place(table, case_id, row, field, kind))

    def close(self) -> None:
        """Let go of the key store."""
        self._keeper.shutdown()
        self._store.close()
