"""What a process remembers of a case makes it quicker and changes nothing: not one byte of the trail."""

import os
import random
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from models.known_states import KnownStates
from models.tables import Case, EventRecord
from models.vault import Keyring
from procedures.commands import AcceptHandoff, CompleteHandoff, PassDeadline, Road
from tests.houses import Told, only_handoff


def relay(folder: Path, states: int, monkeypatch: pytest.MonkeyPatch, *, ahead: bool) -> Sequence[tuple[object, ...]]:
    """Three cases go through alerts, a deadline, an answer and a result; every row of their trails.

    All that is drawn is the same each time, `states` cases are remembered, and `ahead` is whether keys are.
    """
    drawn: defaultdict[str, random.Random] = defaultdict(lambda: random.Random(7))  # noqa: S311  # nothing is secret
    with monkeypatch.context() as patched:
        # Keys are wrapped in a thread of their own, while the case is sealed.
        def draw(size: int) -> bytes:
            return drawn[threading.current_thread().name[:5]].randbytes(size)

        patched.setattr(os, "urandom", draw)
        if not ahead:
            patched.setattr(Keyring, "open_ahead", lambda *_: None)
        told = Told(folder)
        object.__setattr__(told.house.handling._doing, "known", KnownStates(states))
        opened = [told.opened() for _ in range(3)]
        told.house.keyring._opened.clear()
        told.sent()
        told.clock.pass_by(minutes=6)
        for one in opened:
            told.case_id = one.state.case_id
            told.say(PassDeadline, actor="clock", road=Road.CLOCK)
        told.sent()
        ref = only_handoff(opened[0]).ref
        told.case_id = opened[0].state.case_id
        told.say(AcceptHandoff, ref=ref)
        told.sent()
        told.say(CompleteHandoff, ref=ref, result="housed", evidence={"place_confirmed_at": "2026-11-24T20:05:00Z"})
        told.sent()
        with told.house.database.read() as connection:
            rows = connection.execute(select(EventRecord.__table__).order_by(EventRecord.case_id, EventRecord.seq))
            found = [tuple(row) for row in rows]
            heads = [tuple(row) for row in connection.execute(select(Case.case_id, Case.head_hash, Case.version))]
        told.close()
    return [*found, *heads]


def test_the_trail_is_the_same_to_the_byte_whatever_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = relay(tmp_path / "forgetful", 0, monkeypatch, ahead=False)
    assert len(forgetful) > 40
    assert relay(tmp_path / "remembering", 256, monkeypatch, ahead=True) == forgetful


def test_the_case_that_nobody_asked_for_longest_gives_way(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    state = told.opened().state
    told.close()
    known = KnownStates(2)
    for case_id in ("a", "b"):
        known.keep(case_id, case_id.encode(), state)
    assert known.find("a", b"a") is state
    known.keep("c", b"c", state)
    assert (known.find("a", b"a"), known.find("b", b"b")) == (state, None)
    assert known.find("a", b"another") is None, "a state is known by its ciphertext alone"


def test_keys_are_read_in_one_look_and_a_broken_one_says_so_when_it_is_used(tmp_path: Path) -> None:
    told = Told(tmp_path / "data")
    cases = [told.opened().state.case_id for _ in range(3)]
    keyring = told.house.keyring
    known = dict(keyring._opened)
    keyring._opened.clear()
    keyring.open_ahead("route", [*cases, "nobody"])
    assert {key: known[key] for key in known if key[1] == "route"} == keyring._opened
    told.close()
