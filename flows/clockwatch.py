"""Somebody set the machine's clock, or held the machine up: deadlines do not move, and people are told."""

import asyncio

from flows.journal import Journal
from models.clock import far_astray
from models.composition import House

LOOK_EVERY = 5.0
"""People are told within 10 s (trust.md, T9)."""


async def watch_clock(house: House, journal: Journal, *, every: float = LOOK_EVERY) -> None:
    """Look each `every` real seconds; a clock that went astray or came back is written down once."""
    told = False
    while True:
        astray = far_astray(house.clock)
        if (astray is not None) is not told:
            told = astray is not None
            seconds = 0.0 if astray is None else round(astray.total_seconds(), 1)
            journal.error("clock-astray", seconds=seconds) if told else journal.info("clock-agrees")
        await asyncio.sleep(every)
