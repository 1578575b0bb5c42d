"""From the opening of a case to the browser: sealed on the way, without a name, and forgotten once it is gone."""

import asyncio
import logging
from io import StringIO
from pathlib import Path

import pytest

from cli.demo.mailserver import MailServer
from flows.delivering import carrier_urls
from flows.journal import open_journal
from flows.own_letters import OwnLetters
from models.accounts import operator_named
from models.adding_accounts import invite_new
from models.browsers import browsers_of, keep_browser
from models.composition import House
from models.tying import tie_account
from models.verifying_channels import ask_test
from notifiers.carriers import Carriers
from procedures.people import Role
from procedures.verifying_channels import NotYourChannel
from tests.contract.push_service import Browser, Fault, PushService, push_key_file, push_service, said_in, unpadded
from tests.houses import CANARY, Told
from tests.integration.relay import furnish, open_shelter, settings_text
from tests.integration.test_dispatcher_channels import at_work


async def taken(service: PushService, many: int) -> None:
    async with asyncio.timeout(20):
        while len(service.bodies) < many:  # noqa: ASYNC110  # it comes over a socket
            await asyncio.sleep(0.05)


async def forgotten(house: House, account: str) -> None:
    async with asyncio.timeout(20):
        while browsers_of(house.database, account):  # noqa: ASYNC110  # another thread writes it
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_an_opened_case_lights_up_the_telephone_of_whom_it_is_asked_of(
    tmp_path: Path, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser()
    async with push_service() as service:
        push = f'[carriers.push]\nurl = "{service.url(push_key_file(tmp_path))}"\n'
        house = furnish(tmp_path / "data", settings_text(mail.url) + push)
        invite_new(house.database, "olga", frozenset({Role.SERVICE_MEMBER}), house.clock.now(), "shell")
        olga = operator_named(house.database, "olga")
        tie_account(house, olga, "olga", "shell")
        keep_browser(house, olga, browser.address(service.endpoint))
        async with Carriers(carrier_urls(house)) as carriers:
            with caplog.at_level(logging.DEBUG):
                working = asyncio.create_task(at_work(house, carriers, 60))
                (ref,) = open_shelter(house).state.handoffs
                await taken(service, 1)
                service.faults.append(Fault(410))
                open_shelter(house)
                await taken(service, 2)
                await forgotten(house, olga)
                working.cancel()
                await asyncio.wait([working])

        said = said_in(browser.opened(service.bodies[0]))
        assert said == {"ref": ref, "text": f"Una richiesta attende risposta ({ref}).", "language": "it"}
        assert 0 < int(service.headers[0]["ttl"]) <= 15 * 60
        house.close()
    seen = f"{service.lines} {service.headers} {said}"
    for never in (CANARY, "olga", "Olga", "shelter", "Casa Approdo"):
        assert never not in seen.replace(str(said["ref"]), "")
    for never in (service.endpoint, unpadded(browser.auth), CANARY):
        assert never not in caplog.text


async def test_the_test_of_a_browser_is_a_real_message(tmp_path: Path) -> None:
    browser = Browser()
    async with push_service() as service:
        push = f'[carriers.push]\nurl = "{service.url(push_key_file(tmp_path))}"\n'
        told = Told(tmp_path / "data", push)
        house = told.house
        invite_new(house.database, "olga", frozenset({Role.SERVICE_MEMBER}), house.clock.now(), "shell")
        olga = operator_named(house.database, "olga")
        tie_account(house, olga, "olga", "shell")
        keep_browser(house, olga, browser.address(service.endpoint))
        (row,) = browsers_of(house.database, olga)
        async with Carriers(carrier_urls(house)) as carriers:
            letters = OwnLetters(house, carriers, open_journal("dispatcher", StringIO()))
            for fault in (Fault(), Fault(410)):
                service.faults.append(fault)
                ask_test(house, "olga", f"push.{row.browser_id}", f"operator:{olga}")
                await letters.look()
                told.clock.pass_by(seconds=60)

        said = [said_in(browser.opened(body)) for body in service.bodies]
        assert said == [{"ref": "", "text": "Prova: i messaggi arrivano a questo browser.", "language": "it"}] * 2
        assert browsers_of(house.database, olga) == []
        with pytest.raises(NotYourChannel):
            ask_test(house, "olga", f"push.{row.browser_id}", f"operator:{olga}")
        told.close()
