"""What is sealed opens in its own place, with its own key, and shows nothing of its length."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.key_tables import KeyKind
from models.keyring_errors import CaseKeyMissing, NoVaultKey, SealBroken
from models.keystore import KeyStore
from models.sealing import Place, padded, seal, unseal
from models.store_errors import StoreBusy
from models.vault import Keyring, create_keys

KEY = bytes(range(32))
PLACE = Place("events", "case-1", "1", "identity", "vault")


@given(st.binary(max_size=5000))
def test_what_was_sealed_opens_again(text: bytes) -> None:
    assert unseal(KEY, seal(KEY, text, PLACE), PLACE) == text


@given(st.binary(max_size=5000))
def test_lengths_are_64_times_a_power_of_four(text: bytes) -> None:
    size = len(padded(text))
    assert size in {64 * 4**n for n in range(6)}
    assert size == 64 or size < 4 * (len(text) + 4)


def test_the_same_text_never_looks_the_same() -> None:
    assert seal(KEY, b"Anna", PLACE) != seal(KEY, b"Anna", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("cases", "case-1", "1", "identity", "vault"),
        Place("events", "case-2", "1", "identity", "vault"),
        Place("events", "case-1", "2", "identity", "vault"),
        Place("events", "case-1", "1", "routing", "vault"),
        Place("events", "case-1", "1", "identity", "route"),
    ],
)
def test_moved_elsewhere_it_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"Anna", PLACE), elsewhere)


def test_no_changed_bit_goes_unseen() -> None:
    sealed = seal(KEY, b"Anna", PLACE)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(KEY, bytes(changed), PLACE)


@pytest.mark.parametrize("short", [b"", b"\x01", b"\x01" * 13])
def test_a_stump_does_not_open(short: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, short, PLACE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def keyring(folder: Path, *, with_vault: bool = True) -> Keyring:
    return Keyring.load(folder, with_vault=with_vault)


WHERE = {"table": "events", "case_id": "case-1", "row": "1", "field": "identity"}


def test_the_desk_reads_what_it_sealed_and_the_engine_does_not(folder: Path) -> None:
    desk, engine = keyring(folder), keyring(folder, with_vault=False)
    desk.make_case_keys("case-1")
    sealed = desk.seal("vault", b"Anna", **WHERE)
    assert keyring(folder).unseal("vault", sealed, **WHERE) == b"Anna"
    assert engine.unseal("vault", sealed, **WHERE) is None
    with pytest.raises(NoVaultKey):
        engine.seal("vault", b"Anna", **WHERE)
    with pytest.raises(NoVaultKey):
        engine.make_case_keys("case-2")


def test_the_engine_reads_what_the_rules_need(folder: Path) -> None:
    desk, engine = keyring(folder), keyring(folder, with_vault=False)
    desk.make_case_keys("case-1")
    assert engine.unseal("route", desk.seal("route", b"risk", **WHERE), **WHERE) == b"risk"


def test_every_case_has_keys_of_its_own(folder: Path) -> None:
    desk = keyring(folder)
    desk.make_case_keys("case-1")
    desk.make_case_keys("case-2")
    assert desk._case_key("case-1", "route") != desk._case_key("case-2", "route")
    assert desk._case_key("case-1", "route") != desk._case_key("case-1", "vault")


def test_keys_that_are_there_stay(folder: Path) -> None:
    desk = keyring(folder)
    desk.make_case_keys("case-1")
    sealed = desk.seal("route", b"risk", **WHERE)
    desk.make_case_keys("case-1")
    assert desk.unseal("route", sealed, **WHERE) == b"risk"
    assert keyring(folder).unseal("route", sealed, **WHERE) == b"risk"
    create_keys(folder)
    assert keyring(folder).unseal("route", sealed, **WHERE) == b"risk"


def test_who_asks_again_while_keys_are_being_kept_seals_with_those_and_no_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, slow, keep = keyring(folder), threading.Event(), KeyStore.keep

    def kept_late(
        store: KeyStore, wrapped: Mapping[str, Mapping[KeyKind, bytes]], under: Mapping[KeyKind, str], *more: Any
    ) -> None:
        slow.wait(10)
        keep(store, wrapped, under, *more)

    monkeypatch.setattr(KeyStore, "keep", kept_late)
    asked = [desk.making_case_keys("case-1"), desk.making_case_keys("case-1")]
    sealed = desk.seal("route", b"risk", **WHERE)
    slow.set()
    for kept in asked:
        kept.result()
    assert keyring(folder).unseal("route", sealed, **WHERE) == b"risk"


def test_where_the_keys_were_not_kept_whoever_sealed_with_them_hears_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, slow = keyring(folder), threading.Event()

    def never_kept(_store: KeyStore, _wrapped: object, _under: object, *_more: object) -> None:
        slow.wait(10)
        raise StoreBusy

    with monkeypatch.context() as busy:
        busy.setattr(KeyStore, "keep", never_kept)
        asked = [desk.making_case_keys("case-1"), desk.making_case_keys("case-1", "case-2")]
        slow.set()
        for kept in asked:
            with pytest.raises(StoreBusy):
                kept.result()
    desk.make_case_keys("case-1", "case-2")
    sealed = desk.seal("route", b"risk", **WHERE)
    assert keyring(folder).unseal("route", sealed, **WHERE) == b"risk"


def test_without_its_key_a_case_cannot_be_read(folder: Path) -> None:
    with pytest.raises(CaseKeyMissing):
        keyring(folder).seal("route", b"risk", **WHERE)


def test_only_the_most_recent_keys_stay_in_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.vault.KEPT_OPEN", 4)
    desk = keyring(folder)
    for number in range(10):
        desk.make_case_keys(f"case-{number}")
    assert len(desk._opened) == 4
    assert desk._case_key("case-0", "route")
