"""A message comes to a browser, in Chromium: the line on the lock screen, and what a press of it opens.

Chromium would ask Google's servers for a subscription, so the browser's word for that is put in its place; the worker,
what it shows and what a press does are the real ones. What comes is handed to it as its push service would
(`ServiceWorker.deliverPushMessage`), in the words that `notifiers.push` seals.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from models.accounts import operator_named
from models.browsers import address_of, browsers_of
from tests.browser.conftest import Served, faults_of, serving
from tests.browser.test_web_inbox import NARROW, is_narrow, joins
from tests.contract.push_service import Browser as Keys
from tests.contract.push_service import push_key_file, unpadded

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
ENDPOINT = "https://fcm.googleapis.com/fcm/send/Zzcanaria"
STUB = """
(() => {
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (asked) => {
    window.askedWith = asked;
    return { toJSON: () => (GIVEN) };
  };
})();
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    url = f"staffetta-push:///?from=admin@example.org&vapid_key={push_key_file(tmp_path)}"
    with serving(tmp_path, more=f'[carriers.push]\nurl = "{url}"\n') as served:
        yield served


def deliver(page: Page, base: str, text: str) -> None:
    """As the push service does, once the browser opened it."""
    cdp = page.context.new_cdp_session(page)
    found: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: found.extend(one["registrationId"] for one in said["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    cdp.send("ServiceWorker.deliverPushMessage", {"origin": base, "registrationId": found[-1], "data": text})


def shown(worker: Worker) -> list[dict[str, str]]:
    """What stands on the screen."""
    script = """async () => {
      for (let tries = 0; tries < 50; tries += 1) {
        const all = await registration.getNotifications();
        if (all.length) return all.map(({ title, body, lang, tag }) => ({ title, body, lang, tag }));
        await new Promise((go) => setTimeout(go, 100));
      }
      return [];
    }"""
    found: list[dict[str, str]] = worker.evaluate(script)
    return found


def pressed(worker: Worker) -> list[str]:
    """Press the one that stands there; what was opened. Only a person's own press lets a worker open a window."""
    script = """async () => {
      const opened = [];
      self.clients.openWindow = async (url) => { opened.push(url); };
      const [notification] = await registration.getNotifications();
      const event = new NotificationEvent("notificationclick", { notification });
      self.dispatchEvent(event);
      await new Promise((go) => setTimeout(go, 100));
      return [...opened, ...(await registration.getNotifications()).map(() => "still there")];
    }"""
    found: list[str] = worker.evaluate(script)
    return found


def test_a_message_lights_up_and_a_press_opens_its_page(served: Served, chromium: Browser) -> None:
    keys = Keys()
    given = {"endpoint": ENDPOINT, "keys": {"p256dh": unpadded(keys.public), "auth": unpadded(keys.auth)}}
    with chromium.new_context(locale="it-IT", viewport=NARROW) as context:
        context.grant_permissions(["notifications"], origin=served.base)
        context.add_init_script(STUB.replace("GIVEN", json.dumps(given)))
        page = context.new_page()
        served.watch(page)
        joins(served, page, "olga")
        code = served.desk.open_case("shelter", facts={"risk": "high"})
        ref = served.desk.first(code).ref
        page.goto(f"{served.base}/channels")
        found = {"before": faults_of(page)}
        with context.expect_event("serviceworker") as started:
            page.get_by_role("button", name="Ricevi i messaggi su questo browser").click()
        expect(page.locator("#channels")).to_contain_text("Messaggio a un browser consentito dal")
        found["after"] = faults_of(page)
        house = served.desk.house
        (row,) = browsers_of(house.database, operator_named(house.database, "olga"))
        assert address_of(house, row.browser_id) == keys.address(ENDPOINT)

        worker = started.value
        text = f"Una richiesta attende risposta ({ref})."
        deliver(page, served.base, json.dumps({"ref": ref, "text": text, "language": "it"}))
        assert shown(worker) == [{"title": "Staffetta", "body": text, "lang": "it", "tag": ref}]
        (opened,) = pressed(worker)
        assert opened == f"/inbox/{ref}"
        page.goto(f"{served.base}{opened}")
        expect(page.locator("main")).to_contain_text(ref)

        deliver(page, served.base, "no words of ours")
        assert [one["body"] for one in shown(worker)] == [""]
        assert pressed(worker) == ["/inbox"]
        page.goto(f"{served.base}/channels")
        page.get_by_role("button", name="Togli: browser 1").click()
        expect(page.locator("#channels")).not_to_contain_text("consentito dal")
        assert {where: faults for where, faults in found.items() if faults} == {}
        assert is_narrow(page)
        assert served.complaints == []
        assert "Zzcanaria" not in served.desk.log.getvalue()


def test_who_does_not_allow_it_is_told_and_keeps_her_channels(served: Served, chromium: Browser) -> None:
    with chromium.new_context(locale="it-IT", viewport=NARROW) as context:
        context.add_init_script("Notification.requestPermission = async () => 'denied';")
        page = context.new_page()
        joins(served, page, "olga")
        page.goto(f"{served.base}/channels")
        page.get_by_role("button", name="Ricevi i messaggi su questo browser").click()
        expect(page.get_by_role("alert")).to_contain_text("Questo browser non lo ha consentito.")
        assert faults_of(page) == []
