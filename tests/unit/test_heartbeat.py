"""The sign of life: who marks that it moves, and that nobody else can say so."""

import os
from pathlib import Path

import pytest

from models.clock import boot_seconds
from models.heartbeat import Beat, Marks, asking, beat, faults_in, watch_key

KEY, OTHER = watch_key(b"a" * 32), watch_key(b"b" * 32)


def test_a_process_that_just_marked_moves(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    assert marks.is_silent("dispatcher")
    marks.mark("dispatcher")
    assert not marks.is_silent("dispatcher")
    assert marks.is_silent("engine")


def test_one_that_marked_long_ago_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = Marks(tmp_path)
    marks.mark("dispatcher")
    now = boot_seconds()
    monkeypatch.setattr("models.heartbeat.boot_seconds", lambda: now + 16)
    assert marks.is_silent("dispatcher")
    marks.mark("dispatcher")
    assert not marks.is_silent("dispatcher")


def test_a_mark_from_before_the_machine_started_says_nothing(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    marks.mark("dispatcher")
    later = boot_seconds() + 100_000
    os.utime(tmp_path / "dispatcher.beat", (later, later))
    assert marks.is_silent("dispatcher")


def test_where_no_mark_can_be_kept_nothing_breaks(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "nowhere")
    marks.mark("dispatcher")
    assert marks.is_silent("dispatcher")


def test_the_answer_is_understood_by_whoever_shares_the_secret() -> None:
    assert faults_in(KEY, "n1", beat(KEY, "n1", ["disk"])) == ("disk",)
    assert faults_in(KEY, "n1", beat(KEY, "n1", [])) == ()


@pytest.mark.parametrize(
    "given",
    [
        beat(OTHER, "n1", []),
        beat(KEY, "n2", []),
        Beat(beat(KEY, "n1", []).body.replace(b"[]", b'["x"]'), beat(KEY, "n1", []).signature),
        Beat(b"", ""),
        Beat(b"ok\n", "è"),
    ],
    ids=["another key", "an old answer", "changed", "empty", "no signature"],
)
def test_nobody_else_can_say_that_the_house_lives(given: Beat) -> None:
    assert faults_in(KEY, "n1", given) is None


def test_the_question_cannot_be_taken_for_an_answer() -> None:
    assert asking(KEY, "n1") != beat(KEY, "n1", []).signature
    assert faults_in(KEY, "n1", Beat(b"n1", asking(KEY, "n1"))) is None
