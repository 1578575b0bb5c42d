"""Bells wake whoever listens, and hinder nobody."""

import asyncio
import time
from pathlib import Path

import pytest

from models.bells import Bells


def hang(bells: Bells) -> None:
    Path(bells.path("dispatcher")).touch()


def hangs(bells: Bells) -> bool:
    return Path(bells.path("dispatcher")).exists()


async def test_a_listener_hears_the_bell_of_another_process(tmp_path: Path) -> None:
    other = Bells(tmp_path)
    async with Bells(tmp_path).listen("dispatcher") as bell:
        other.ring("dispatcher")
        assert await bell.wait(5)
        assert not await bell.wait(0.01)
    other.close()


async def test_a_ring_while_nobody_waited_is_not_lost(tmp_path: Path) -> None:
    bells = Bells(tmp_path)
    async with bells.listen("dispatcher") as bell:
        for _ in range(3):
            bells.ring("dispatcher")
        await asyncio.sleep(0.05)
        assert await bell.wait(0)
    bells.close()


async def test_each_has_its_own_bell(tmp_path: Path) -> None:
    bells = Bells(tmp_path)
    async with bells.listen("dispatcher") as dispatcher, bells.listen("engine") as engine:
        bells.ring("engine")
        assert await engine.wait(5)
        assert not await dispatcher.wait(0.01)
    bells.close()


def test_ringing_for_nobody_is_no_fault(tmp_path: Path) -> None:
    bells = Bells(tmp_path / "nowhere")
    for _ in range(5):
        bells.ring("dispatcher")
    bells.close()
    bells.close()
    assert not (tmp_path / "nowhere").exists()


async def test_a_listener_that_does_not_look_never_blocks_the_ringer(tmp_path: Path) -> None:
    bells = Bells(tmp_path)
    async with bells.listen("dispatcher"):
        began = time.monotonic()
        for _ in range(5000):
            bells.ring("dispatcher")
        assert time.monotonic() - began < 5
    bells.close()


async def test_a_new_listener_takes_over_from_one_that_died(tmp_path: Path) -> None:
    bells = Bells(tmp_path)
    hang(bells)
    async with bells.listen("dispatcher") as bell:
        bells.ring("dispatcher")
        assert await bell.wait(5)
    assert not hangs(bells)
    bells.close()


@pytest.mark.parametrize("depth", [1, 12])
async def test_a_folder_too_deep_for_a_socket_still_has_its_bell(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*["deep-folder"] * depth)
    folder.mkdir(parents=True)
    bells = Bells(folder)
    assert len(bells.path("engine")) <= 100
    async with bells.listen("engine") as bell:
        bells.ring("engine")
        assert await bell.wait(5)
    bells.close()
