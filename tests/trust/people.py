"""Everybody who does something while the house breaks: who opens cases, and who answers what arrives.

Both try again, under the same id, until they are told that it is saved: what they were told is what must be there.
"""

import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from cli.demo.forms import form_with, forms_of
from cli.demo.received import ReceivedMail
from models.accounts import FIRST_OPERATOR
from models.views import handoff_view
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, CompleteHandoff, Road
from procedures.errors import Refused, StaffettaError
from tests.signing import Telephones
from tests.trust import trial
from tests.trust.scene import Scene, opening

AGAIN = 0.3
PATIENCE = 5.0
REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")
COMMAND = re.compile(r'name="command" value="([^"]+)"')
CODE = re.compile(r"/cases/(C-\S+)")
UNHAPPY = (httpx2.TransportError, StaffettaError)
ASKED = frozenset({HandoffState.REQUESTED, HandoffState.ALERTED, HandoffState.ACKNOWLEDGED})


@dataclass
class Told:
    """What people were told is saved."""

    opened: list[str] = field(default_factory=list)
    """Codes of cases."""
    answered: list[tuple[str, str]] = field(default_factory=list)
    """References, and what was answered: `accept`, `complete`."""
    refused: list[str] = field(default_factory=list)
    """Statuses that tell neither yes nor *try again*."""


class Opener:
    """Opens cases one after another, at the desk's page and by handling in turn, in a thread of its own."""

    def __init__(self, scene: Scene, told: Told, count: int, pause: float) -> None:
        """`pause` is between two cases."""
        self._scene, self._told, self._count, self._pause = scene, told, count, pause
        self._client: httpx2.Client | None = None
        self._cookies: dict[str, str] = {}
        self._telephones = Telephones()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, name="opens cases", daemon=True)

    def _work(self) -> None:
        for number in range(self._count):
            if number % 2:
                self._by_handling()
            else:
                self._at_the_desk()
            if self.stopping.wait(self._pause):
                return

    def _by_handling(self) -> None:
        command = opening(self._scene.house)
        while not self.stopping.is_set():
            try:
                code = self._scene.house.handling.handle(command).state.code
            except StaffettaError:
                self.stopping.wait(AGAIN)
            else:
                self._told.opened.append(code)
                return

    def _at_the_desk(self) -> None:
        """Sign in where need be, and send one form until a page says that the case is there."""
        form: dict[str, str] = {}
        while not self.stopping.is_set():
            try:
                if code := self._sent(form):
                    self._told.opened.append(code)
                    return
            except (httpx2.TransportError, ValueError):
                self.stopping.wait(AGAIN)

    def _signed_in(self) -> httpx2.Client:
        """An operator's browser. Raises TransportError or ValueError where the desk is away."""
        scene = self._scene
        client = httpx2.Client(base_url=scene.desk, timeout=PATIENCE, headers={"sec-fetch-site": "same-origin"})
        client.cookies.update(self._cookies)
        # A desk that was killed knows who was signed in; a code of her app is good once in half a minute.
        if client.get("/").is_success:
            return client
        client.cookies.clear()
        answer = self._telephones.sign_in(client, FIRST_OPERATOR, scene.password)
        if not answer.is_success:
            raise ValueError(answer.status_code)
        self._cookies = dict(client.cookies)
        return client

    def _sent(self, form: dict[str, str]) -> str | None:
        client = self._client = self._client or self._signed_in()
        if not form:
            page = client.get("/cases/new").text
            form |= desk_form(page)
        answer = client.post("/cases/new", data=form)
        found = CODE.search(answer.headers.get("location", ""))
        if found is None:
            if answer.status_code < 500:
                self._told.refused.append(f"open {answer.status_code}")
                self._client = None
            raise ValueError(answer.status_code)
        return found[1]


def desk_form(page: str) -> dict[str, str]:
    """What an operator fills in. Raises ValueError where the page is not the form."""
    found = COMMAND.search(page)
    if found is None:
        raise ValueError("no form")
    return {
        "command": found[1],
        "pathway": trial.PATHWAY,
        "territory": "valle_chiara",
        "desk": "sportello_luna",
        f"consent.{trial.CONSENT}": "yes",
        "drill": "yes",
        "name": "Zinnia Quetzal",
    }


class Answerers:
    """Everybody who reads their mail: half answer by the link, half by telephone (handling). Every tenth is slow."""

    def __init__(self, scene: Scene, told: Told, ignoring: int = 10) -> None:
        """Every `ignoring`-th message about a handoff is left unanswered: a deadline must bring the next one."""
        self._scene, self._told, self._ignoring = scene, told, ignoring
        self._client = httpx2.Client(timeout=PATIENCE)
        self._ignored: set[str] = set()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._work, name="answers", daemon=True)

    def _work(self) -> None:
        read, waiting = 0, []
        while not self.stopping.wait(0.05):
            mails = self._scene.mail.received()
            waiting += [(time.monotonic(), mail) for mail in mails[read:] if mail.link]
            read = len(mails)
            due, waiting = ([one for one in waiting if (one[0] <= time.monotonic()) is now] for now in (True, False))
            for _at, mail in due:
                try:
                    self._answer(mail)
                except UNHAPPY:
                    waiting.append((time.monotonic() + AGAIN, mail))
        self._client.close()

    def _answer(self, mail: ReceivedMail) -> None:
        found = REFERENCE.search(mail.body)
        ref = found[0] if found else ""
        if self._is_ignored(ref):
            return
        if sum(map(ord, ref)) % 2:
            self._by_link(ref, mail)
        else:
            self._by_telephone(ref)

    def _is_ignored(self, ref: str) -> bool:
        """The first message about some handoffs is left lying, once."""
        if sum(map(ord, ref)) % self._ignoring or ref in self._ignored:
            return False
        self._ignored.add(ref)
        return True

    def _by_telephone(self, ref: str) -> None:
        house = self._scene.house
        row = handoff_view(house.database, ref)
        about = {"case_id": row.case_id, "actor": "person:trust", "road": Road.LINK, "ref": ref}
        try:
            if row.state in ASKED:
                house.handling.handle(AcceptHandoff.model_validate({**about, "proven": True, "id": f"accept-{ref}"}))
                self._told.answered.append((ref, "accept"))
            if row.state in ASKED | {HandoffState.ACCEPTED}:
                result = trial.RESULTS[row.step]
                house.handling.handle(
                    CompleteHandoff.model_validate({**about, "id": f"complete-{ref}", "result": result})
                )
                self._told.answered.append((ref, "complete"))
        except Refused:
            return  # answered meanwhile

    def _by_link(self, ref: str, mail: ReceivedMail) -> None:
        link = mail.link or ""
        page = self._post(link, {"code": mail.code or ""})
        for button in ("accept", "complete"):
            form = form_with(page, button)
            if form is None or (button == "accept" and "result" in form.hidden):
                continue
            filled = self._filled(button, page)
            page = self._post(link, filled)
            self._told.answered.append((ref, button))

    @staticmethod
    def _filled(button: str, page: str) -> dict[str, str]:
        now = datetime.now(UTC)
        if button == "complete":
            wanted = frozenset(trial.RESULTS.values())
            results = [form for form in forms_of(page) if form.hidden.get("result") in wanted]
            return results[0].filled("complete", now)
        form = form_with(page, button)
        return form.filled(button, now) if form else {}

    def _post(self, link: str, data: dict[str, str]) -> str:
        answer = self._client.post(link, data=data)
        if answer.status_code >= 500:
            raise httpx2.ReadError("not saved")
        if answer.status_code not in {200, 410}:
            self._told.refused.append(f"link {answer.status_code}")
        return answer.text
