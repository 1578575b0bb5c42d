"""Whoever has the files and the keys and changes what happened is found, and it is said where."""

import random
from pathlib import Path

import pytest

from models.roots import Root
from models.trail import Verification, verify
from tests.trust.tampered import FITTED, KINDS, ROLLED_BACK, Done, Furnished, furnished, tamper

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return furnished(tmp_path_factory.mktemp("furnished"))


def found(done: Done, anchors: tuple[Root, ...] = ()) -> Verification:
    try:
        return verify(done.house.database, done.house.keyring, anchors)
    finally:
        done.house.close()


def test_a_house_that_nobody_touched_reaches_its_anchors(made: Furnished, tmp_path: Path) -> None:
    from models.composition import open_house

    house = open_house(made.now, with_vault=True)
    sound = verify(house.database, house.keyring, made.anchors)
    house.close()
    assert sound.faults == ()
    assert sound.roots == 5
    assert sound.unchanged_until == made.anchors[-1].at


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != ROLLED_BACK])
def test_each_kind_is_found_inside_and_it_is_said_where(made: Furnished, tmp_path: Path, kind: str, seed: int) -> None:
    done = tamper(kind, made, tmp_path / "data", random.Random(seed), turn=seed)  # noqa: S311  # draws a test's faults
    code, seq = done.where
    faults = found(done).faults
    assert [fault for fault in faults if code in {fault.case_code, ""} or code in fault.message]
    assert seq is None or seq in {fault.seq for fault in faults}


@pytest.mark.parametrize("kind", [*sorted(FITTED), ROLLED_BACK])
def test_whoever_makes_the_roots_anew_is_found_by_what_is_kept_outside(
    made: Furnished, tmp_path: Path, kind: str
) -> None:
    chance = random.Random(1)  # noqa: S311  # draws a test's faults
    done = tamper(kind, made, tmp_path / "data", chance, turn=0, roots_too=kind in FITTED)
    inside = verify(done.house.database, done.house.keyring)
    assert (inside.faults, inside.unchanged_until) == ((), None)
    outside = found(done, tuple(made.anchors))
    assert {fault.code for fault in outside.faults} == {"anchor"}
