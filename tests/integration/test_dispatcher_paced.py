"""A carrier that may be given so many a minute; and one of two that hangs, which holds up what it has and no more."""

import asyncio
import time
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from flows.delivering import carriers_of
from flows.dispatcher import EACH_CHANNEL, Dispatcher
from flows.journal import open_journal
from models.composition import House
from models.pulse import what_is_late
from tests.houses import Told
from tests.integration.prefect_at_work import until
from tests.integration.relay import furnish, open_shelter, settings_text
from tests.integration.test_dispatcher_channels import nothing_else
from tests.integration.test_imminent_first import HIGH, IMMINENT


def states(house: House) -> list[tuple[str, str | None]]:
    with house.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state, code FROM deliveries ORDER BY queued_at").all()
    return [(row.state, row.code) for row in rows]


@pytest.mark.slow
async def test_no_more_leave_in_a_minute_than_are_allowed_and_imminent_danger_overtakes(
    tmp_path: Path, mail: MailServer
) -> None:
    limited = settings_text(mail.url).replace("[carriers.email]\n", "[carriers.email]\nper_minute = 60\n")
    house = furnish(tmp_path / "data", limited)
    told = Told.__new__(Told)
    told.house = house
    for _ in range(10):
        told.opened(facts=HIGH)
    async with carriers_of(house) as carriers, house.bells.listen("dispatcher") as bell:
        journal = open_journal("dispatcher", StringIO())
        working = asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nothing_else).run(bell))
        await until(lambda: len(mail.received()) == 6 and states(house).count(("temporary", "paced")) == 4, seconds=20)
        assert what_is_late(house.database, house.clock.now()).message is None, "nobody thinks that the sender is away"
        told.opened(facts=HIGH)
        told.opened(facts=IMMINENT)
        begun = time.monotonic()
        await until(lambda: states(house)[-1][0] == "accepted", seconds=20)
        assert states(house)[-2] == ("temporary", "paced")
        await until(lambda: {state for state, _ in states(house)} == {"accepted"}, seconds=20)
        assert time.monotonic() - begun > 0.5, "those that waited had a moment of their own"
        assert len(mail.received()) == 8, "and left as one mail"
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    house.close()


@pytest.mark.slow
async def test_beside_a_first_carrier_that_hangs_the_second_takes_what_comes(
    tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.dispatcher.LAST_SENDINGS_SECONDS", 0.1)
    mail.misbehave(*[Turn(Stage.EHLO, delay=60) for _each in range(60)])
    with MailServer.start() as second:
        both = f'{settings_text(mail.url)}[carriers.email.second]\nurl = "{second.url}"\n'
        house = furnish(tmp_path / "data", both)
        for _ in range(40):
            open_shelter(house)
        async with carriers_of(house) as carriers, house.bells.listen("dispatcher") as bell:
            journal = open_journal("dispatcher", StringIO())
            working = asyncio.create_task(Dispatcher(house, carriers, journal, nudge=nothing_else).run(bell))
            begun = time.monotonic()
            await until(lambda: len(second.received()) == 40 - EACH_CHANNEL, seconds=20)
            assert time.monotonic() - begun < 6, "the first gives up a greeting after eight seconds"
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        house.close()
