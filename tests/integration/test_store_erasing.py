"""An erased case keeps its trail and loses its keys; two people want it, and nothing brings it back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from models.accounts import operator_named
from models.adding_accounts import add_operator
from models.anchors import wished_at
from models.composition import House, open_house
from models.erasing import certificates, confirm_erasure, propose_erasure, sign_rule, withdraw_erasure
from models.key_tables import WRAPPED_KEYS
from models.keyring_errors import CaseKeyMissing
from models.keystore import KeyStore
from models.store_errors import StoreFailed
from models.tables import Case
from models.trail import case_events, verify
from models.tying import tie_account
from models.views import case_view, ended_cases
from procedures.commands import CancelCase, PassDeadline
from procedures.erasures import (
    CaseErased,
    CaseNotOver,
    ErasureByOnePerson,
    ErasureProposed,
    NoErasureProposed,
    RuleSigned,
    UnknownErasureReason,
)
from procedures.errors import UnknownCase
from procedures.people import Role
from tests.houses import CANARY, CARRIERS, Told, open_case

pytestmark = pytest.mark.slow

ONE, OTHER = "operator:one", "operator:other"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    told.opened()
    told.say(CancelCase, reason="moved_away")
    yield told
    told.close()


def code_of(told: Told) -> str:
    return ended_cases(told.house.database, 1)[0].code


def erased(told: Told) -> str:
    """The case is erased; its code."""
    code = code_of(told)
    propose_erasure(told.house, code, "her_request", ONE)
    assert confirm_erasure(told.house, code, OTHER)
    return code


def test_an_erasure_is_told_outside_at_once_and_a_proposal_is_not(told: Told) -> None:
    propose_erasure(told.house, code_of(told), "her_request", ONE)
    assert wished_at(told.house.database) is None
    assert confirm_erasure(told.house, code_of(told), OTHER)
    assert wished_at(told.house.database) == told.clock.now()


def anew(told: Told) -> House:
    return open_house(told.house.settings.data, with_vault=True, clock=told.clock)


def wraps_of(told: Told) -> list[bytes]:
    found = [told.house.keyring.store.wrapped(told.case_id, kind) for kind in ("route", "vault")]
    return [wrap for wrap in found if wrap is not None]


def test_nobody_reads_an_erased_case(told: Told) -> None:
    house = told.house
    code = erased(told)
    with pytest.raises(CaseErased, match="2026-11-24"):
        case_view(house.database, house.keyring, code)
    with pytest.raises(CaseErased):
        case_events(house.database, house.keyring, told.case_id)
    with pytest.raises(UnknownCase):
        told.say(PassDeadline)
    assert wraps_of(told) == []
    assert ended_cases(house.database, 1)[0].erased_at == told.clock.now()


def test_the_next_root_is_told_outside_at_once(told: Told) -> None:
    assert wished_at(told.house.database) is None
    erased(told)
    assert wished_at(told.house.database) == told.clock.now()


def test_its_trail_holds_all_the_same(told: Told) -> None:
    erased(told)
    found = verify(told.house.database, told.house.keyring)
    assert found.sound
    assert (found.erased, found.erasure_acts) == (1, 2)


def test_a_key_that_vanished_without_an_act_is_a_fault(told: Told) -> None:
    told.house.keyring.store.erase([told.case_id])
    told.house.keyring.forget_erased()
    assert [fault.code for fault in verify(told.house.database, told.house.keyring).faults] == ["key"]


def test_what_stands_as_erased_without_an_act_is_a_fault(told: Told) -> None:
    with told.house.database.write() as connection:
        connection.execute(update(Case).values(erased_at=told.clock.now()))
    assert [fault.code for fault in verify(told.house.database, told.house.keyring).faults] == ["erased"]


def test_it_takes_two_people_a_reason_and_a_case_that_is_over(told: Told) -> None:
    house, code = told.house, code_of(told)
    with pytest.raises(NoErasureProposed):
        confirm_erasure(house, code, ONE)
    with pytest.raises(UnknownErasureReason):
        propose_erasure(house, code, "no reason", ONE)
    propose_erasure(house, code, "ordered", ONE)
    with pytest.raises(ErasureProposed):
        propose_erasure(house, code, "ordered", OTHER)
    with pytest.raises(ErasureByOnePerson):
        confirm_erasure(house, code, ONE)
    withdraw_erasure(house, code, OTHER)
    with pytest.raises(NoErasureProposed):
        confirm_erasure(house, code, OTHER)
    still_open = house.handling.handle(open_case(house)).state.code
    with pytest.raises(CaseNotOver):
        propose_erasure(house, still_open, "ordered", ONE)
    assert case_view(house.database, house.keyring, code).person is not None


def account_of(told: Told, name: str, person: str = "") -> str:
    """The actor of a new account, which is this person of the network."""
    add_operator(told.house.database, name, frozenset({Role.COORDINATOR}), told.clock.now(), "shell")
    account = operator_named(told.house.database, name)
    if person:
        tie_account(told.house, account, person, "shell")
    return f"operator:{account}"


def test_two_accounts_of_one_person_are_not_two_people(told: Told) -> None:
    house, code = told.house, code_of(told)
    one, same = account_of(told, "vera", "vera"), account_of(told, "vera-too", "vera")
    propose_erasure(house, code, "ordered", one)
    with pytest.raises(ErasureByOnePerson):
        confirm_erasure(house, code, same)
    sign_rule(house, 20, one)
    with pytest.raises(RuleSigned):
        sign_rule(house, 20, same)
    other = account_of(told, "luca", "luca")
    assert sign_rule(house, 20, other).rule == 20
    assert confirm_erasure(house, code, other)
    assert verify(house.database, house.keyring).faults == ()


def test_saying_later_or_no_more_who_an_account_is_makes_no_second_person(told: Told) -> None:
    house, code = told.house, code_of(told)
    before, since, same = account_of(told, "a", "vera"), account_of(told, "b"), account_of(told, "c", "vera")
    propose_erasure(house, code, "ordered", before)
    tie_account(house, before.removeprefix("operator:"), "", "shell")
    with pytest.raises(ErasureByOnePerson):
        confirm_erasure(house, code, same)
    withdraw_erasure(house, code, same)
    propose_erasure(house, code, "ordered", since)
    sign_rule(house, 20, since)
    tie_account(house, since.removeprefix("operator:"), "vera", "shell")
    with pytest.raises(ErasureByOnePerson):
        confirm_erasure(house, code, same)
    with pytest.raises(RuleSigned):
        sign_rule(house, 20, same)


def test_the_certificate_says_when_it_is_final_and_nothing_personal(told: Told) -> None:
    code = erased(told)
    (certificate,) = certificates(told.house.database, code)
    assert (certificate.code, str(certificate.final_on)) == (code, "2026-12-24")
    assert CANARY not in repr(certificate)
    assert "operator" not in repr(certificate)


def test_another_process_that_had_it_open_keeps_no_key(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.vault.LOOK_SECONDS", 0.0)
    desk = anew(told)
    other = desk.handling.handle(open_case(desk)).state
    assert case_view(desk.database, desk.keyring, code_of(told)).person is not None
    erased(told)
    case_view(desk.database, desk.keyring, other.code)
    assert told.case_id not in {case_id for case_id, _kind in desk.keyring._opened}
    with pytest.raises(CaseKeyMissing):
        desk.keyring._case_key(told.case_id, "vault")
    desk.close()


def test_killed_between_the_act_and_the_keys_the_next_start_destroys_them(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_given: object) -> bool:
        raise StoreFailed(why="killed")

    code = code_of(told)
    propose_erasure(told.house, code, "her_request", ONE)
    with monkeypatch.context() as killed:
        killed.setattr(KeyStore, "erase", dies)
        with pytest.raises(StoreFailed):
            confirm_erasure(told.house, code, OTHER)
    assert len(wraps_of(told)) == 2
    assert [fault.code for fault in verify(told.house.database, told.house.keyring).faults] == ["erased"]
    anew(told).close()
    assert wraps_of(told) == []


def remains(told: Told, wraps: list[bytes]) -> list[str]:
    """The files in which a byte of these wraps is left."""
    files = [path for path in told.house.settings.data.rglob("*") if path.is_file()]
    return [path.name for path in files if any(wrap[16:48] in path.read_bytes() for wrap in wraps)]


@pytest.fixture
def of_files(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "data")
    told.opened()
    told.say(CancelCase, reason="moved_away")
    yield told
    told.close()


def test_no_byte_of_its_keys_is_left_in_file_or_log(of_files: Told) -> None:
    wraps = wraps_of(of_files)
    assert remains(of_files, wraps)
    erased(of_files)
    assert remains(of_files, wraps) == []


def test_without_cutting_the_log_the_bytes_are_found(of_files: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a look that finds nothing would prove nothing (trust.md, laws 5 and 10)."""
    monkeypatch.setattr("models.database.Database.wipe", lambda *_: True)
    wraps = wraps_of(of_files)
    erased(of_files)
    assert remains(of_files, wraps)


def test_an_older_key_store_that_is_put_back_brings_nothing_back(of_files: Told, tmp_path: Path) -> None:
    """I10: after its date nothing, not even a restored backup, can read an erased case."""
    store = of_files.house.settings.key_store
    assert isinstance(store, Path)
    of_files.house.keyring.store._database.wipe(WRAPPED_KEYS.name)
    shutil.copy(store, tmp_path / "backup")
    wraps = wraps_of(of_files)
    code = erased(of_files)
    of_files.house.close()
    for beside in store.parent.glob("keys.sqlite-*"):
        beside.unlink()
    shutil.copy(tmp_path / "backup", store)
    assert remains(of_files, wraps) == ["keys.sqlite"]
    house = anew(of_files)
    with pytest.raises(CaseErased):
        case_view(house.database, house.keyring, code)
    assert house.keyring.store.wrapped(of_files.case_id, "vault") is None
    assert verify(house.database, house.keyring).sound
    house.close()
    assert remains(of_files, wraps) == []
