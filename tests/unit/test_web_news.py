"""Whoever listens to the board hears that something happened, once, and nobody is kept by it."""

import asyncio
from contextlib import aclosing

import pytest

from models.store_errors import StoreBusy
from web import news
from web.news import BEGIN, CHANGED, News


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"EVERY": 0.01, "BETWEEN": 0.001, "EACH": 0.0}.items():
        monkeypatch.setattr(news, name, seconds)


def told(seen: list[object], *, many: int = 1) -> list[list[bytes]]:
    """What so many listeners hear until something happened; `seen` is what the looks find, the last one for ever."""
    looks = iter(seen)
    last = [seen[0]]

    def look() -> object:
        last[0] = next(looks, last[0])
        if isinstance(last[0], Exception):
            raise last[0]
        return last[0]

    ours = News(look)

    async def listen() -> list[bytes]:
        heard = []
        async with aclosing(ours.lines()) as lines:  # type: ignore[type-var]  # it is a generator
            async for line in lines:
                heard.append(line)
                if line == CHANGED:
                    break
        return heard

    async def everybody() -> list[list[bytes]]:
        return await asyncio.gather(*(listen() for _ in range(many)))

    return asyncio.run(asyncio.wait_for(everybody(), 5))


def test_everybody_hears_of_a_change() -> None:
    assert told([1, 1, 2], many=25) == [[BEGIN, CHANGED]] * 25


def test_a_database_that_cannot_be_read_is_no_change_and_ends_nothing() -> None:
    assert told([1, StoreBusy(), StoreBusy(), 1, 2]) == [[BEGIN, CHANGED]]


def test_a_line_ends_by_itself_and_when_the_desk_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def whole(ours: News) -> list[bytes]:
        return [line async for line in ours.lines()]

    monkeypatch.setattr(news, "LONGEST", 0.05)
    assert asyncio.run(whole(News(lambda: 1)))[0] == BEGIN
    monkeypatch.setattr(news, "LONGEST", 60.0)
    closing = News(lambda: 1)
    closing.over = lambda: True
    assert asyncio.run(asyncio.wait_for(whole(closing), 5)) == [BEGIN]


def test_there_is_an_end_to_how_many_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST", 1)
    ours = News(lambda: 1)

    async def full() -> tuple[bool, bool, bool]:
        before = ours.is_full
        async with aclosing(ours.lines()) as lines:  # type: ignore[type-var]  # as above
            await anext(lines)
            during = ours.is_full
        return before, during, ours.is_full

    assert asyncio.run(full()) == (False, True, False)
