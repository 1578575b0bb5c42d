"""T16: a planted word stands where each secret stands, and whatever is written or sent is looked through for it.

Words are typed into the fields that people fill at the desk, behind a link, at the sign-in, over the API and on the
command line, rightly and wrongly, and while nothing can be written. What is read back proves that they were kept.
"""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx2

from cli.demo.forms import form_with, forms_of
from cli.demo.gateway import SmsGateway
from cli.demo.received import Received
from models.accounts import FIRST_OPERATOR
from models.apikeys import make_key
from models.programs import Operation
from models.views import case_view
from tests.signing import Telephones
from tests.trust.canaries import Search, drawn
from tests.trust.checks import Row
from tests.trust.people import CODE, desk_form
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import Scene, set_up, until

ROW = "T16"
SIZES = {"tiny": 2, "change": 10, "full": 100}
PATHWAY, RESULT, EVIDENCE = "telling", "told", "report_number"
PATIENCE = 20.0
HELD = 6.0
"""Seconds in which nobody can write: longer than any of ours waits."""
PERSONAL = ("name", "safe_contact", "note")
KEPT = (*PERSONAL, EVIDENCE)
ADDRESS, FIELD, LINK = "a name in an address", "a name in another field", "a name as a link's code"
NAME, PASSWORD, SHELL = "a name at the sign-in", "a password that is wrong", "a name on the command line"
BROKEN, UNFIT = "a name in broken JSON", "a name in JSON that does not fit"
TRIED = (ADDRESS, FIELD, LINK, NAME, PASSWORD, SHELL, BROKEN, UNFIT)
KEY = "the key of a program"


class Trial:
    """Everybody who types something, and what was seen of it from outside."""

    def __init__(self, scene: Scene, sms: SmsGateway, words: Mapping[str, str]) -> None:
        """`words` by what they stand for."""
        self.scene, self.sms, self.words = scene, sms, words
        self.codes: list[str] = []
        self._read, self._told = 0, 0
        self.secrets: dict[str, str] = {"the first password": scene.password}
        self.shown: dict[str, bytes] = {}
        """What somebody sees who is not signed in, and the heads of all answers."""
        house = scene.house
        _program, self.secrets[KEY] = make_key(
            house.database,
            house.procedures.directory(),
            name="trial",
            may=tuple(Operation),
            body=None,
            days=30,
            created_by="shell",
            now=house.clock.now(),
        )

    def life(self, cases: int) -> None:
        """Cases are opened and answered; then everything is typed wrongly, and then nothing can be kept."""
        with self._browser() as desk:
            telephones = Telephones()
            telephones.sign_in(desk, FIRST_OPERATOR, self.scene.password)
            self.secrets["the secret of the app"] = telephones.secret(FIRST_OPERATOR)
            self.secrets |= {f"the cookie {name}": value for name, value in desk.cookies.items() if len(value) > 20}
            for _case in range(cases):
                self._open(desk)
            until(self._all_answered, PATIENCE)
            self._wrongly(desk)
            with self._held():
                self._send(desk, "POST", "/cases/new", data=self._filled(desk.get("/cases/new").text))
        self._by_program()
        self._on_the_command_line()
        self._from_outside()

    def _browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.scene.desk, timeout=PATIENCE, headers={"sec-fetch-site": "same-origin"})

    def _filled(self, page: str) -> dict[str, str]:
        return desk_form(page) | {"pathway": PATHWAY} | {field: self.words[field] for field in PERSONAL}

    def _open(self, desk: httpx2.Client) -> None:
        answer = self._send(desk, "POST", "/cases/new", data=self._filled(desk.get("/cases/new").text))
        found = CODE.search(answer.headers.get("location", ""))
        if found:
            self.codes.append(found[1])

    def _send(self, client: httpx2.Client, method: str, path: str, **how: object) -> httpx2.Response:
        """One request; the head of its answer is kept, for it may be written down on the way."""
        answer = client.request(method, path, **how)  # type: ignore[arg-type]  # what httpx2 takes, as it takes it
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
        self.shown[f"the head of answer {len(self.shown)}"] = head.encode()
        return answer

    def _messages(self) -> list[Received]:
        return [one for one in (*self.scene.mail.received(), *self.sms.received()) if one.link and one.code]

    def _all_answered(self) -> bool:
        """Answer what came since; whether every case was told to its end."""
        come = self._messages()
        for message in come[self._read :]:
            self._answer(message)
        self._read = len(come)
        return self._told >= len(self.codes)

    def _answer(self, message: Received) -> None:
        """By the link: looked at, a wrong code, accepted; by the next one told with its number."""
        link = message.link or ""
        self.secrets[f"link {len(self.secrets)}"] = link.rpartition("/")[2]
        with self._browser() as browser:
            self.shown[f"page {link[-4:]}"] = self._send(browser, "GET", link).content
            wrong = self._send(browser, "POST", link, data={"code": self.words[LINK]})
            self.shown[f"page {link[-4:]}, code wrong"] = wrong.content
            page = self._send(browser, "POST", link, data={"code": message.code or ""}).text
            if accepting := form_with(page, "accept"):
                page = self._send(browser, "POST", link, data=accepting.filled("accept", datetime.now(UTC))).text
            for form in forms_of(page):
                if form.hidden.get("result") == RESULT:
                    told = form.filled("complete", datetime.now(UTC)) | {f"evidence.{EVIDENCE}": self.words[EVIDENCE]}
                    self._told += self._send(browser, "POST", link, data=told).is_success

    def _wrongly(self, desk: httpx2.Client) -> None:
        words = self.words
        self._send(desk, "GET", f"/cases/{words[ADDRESS]}")
        self._send(desk, "GET", "/", params={"q": words[ADDRESS]})
        form = self._filled(desk.get("/cases/new").text)
        for field in ("pathway", "territory", "desk", "by", "drill"):
            other = form | {field: words[FIELD]}
            self._send(desk, "POST", "/cases/new", data=other)
        with self._browser() as stranger:
            tried = {"name": words[NAME], "password": words[PASSWORD]}
            self._send(stranger, "POST", "/sign-in", data=tried)

    def _by_program(self) -> None:
        broken = b'{"person": {"name": "' + self.words[BROKEN].encode()
        unfit = {"pathway": PATHWAY, "person": {"name": [self.words[UNFIT]]}}
        key = {"Authorization": f"Bearer {self.secrets[KEY]}", "Idempotency-Key": "trial-of-secrecy-0001"}
        with self._browser() as program:
            program.headers.update(key)
            json = {"content-type": "application/json"}
            self.shown["broken JSON"] = self._send(
                program, "POST", "/api/v1/cases", content=broken, headers=json
            ).content
            self.shown["JSON unfit"] = self._send(program, "POST", "/api/v1/cases", json=unfit).content

    def _on_the_command_line(self) -> None:
        word = self.words[SHELL]
        for said in (
            ("case", "open", "--territory", "valle_chiara", "--fact", f"risk={word}"),
            ("case", "open", "--territory", "valle_chiara", "--pathway", PATHWAY, "--fact", f"children={word}"),
            ("audit", "export"),
            ("audit", "verify"),
            ("doctor",),
        ):
            self.shown[f"staffetta {' '.join(said[:2])} {len(self.shown)}"] = self._said(said)

    def _said(self, words: tuple[str, ...]) -> bytes:
        program = Path(sys.executable).with_name("staffetta")
        data = str(self.scene.house.settings.data)
        ended = subprocess.run([str(program), *words, "--data", data], capture_output=True, timeout=60, check=False)
        return ended.stdout + ended.stderr

    def _from_outside(self) -> None:
        with self._browser() as stranger:
            for path in ("/status", "/metrics", "/livez", "/readyz", "/sign-in", "/api/v1/openapi.json"):
                self.shown[path] = self._send(stranger, "GET", path).content
        for name, pid in self.scene.supervisor.pids().items():
            for file in ("environ", "cmdline"):
                with suppress(OSError):
                    self.shown[f"{file} of {name}"] = Path(f"/proc/{pid}/{file}").read_bytes()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Nobody can write into the database meanwhile."""
        file = self.scene.house.settings.data / "staffetta.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as pen:
            pen.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                pen.execute("ROLLBACK")

    def not_kept(self) -> list[str]:
        """What was typed rightly and cannot be read back."""
        house, missing = self.scene.house, []
        for code in self.codes:
            view = case_view(house.database, house.keyring, code)
            person = view.person.model_dump() if view.person else {}
            missing += [f"{field} of a case" for field in PERSONAL if person.get(field) != self.words[field]]
            told = [run.steps for run in view.state.runs.values()]
            if self.words[EVIDENCE] not in str(told):
                missing.append(f"{EVIDENCE} of a case")
        return missing


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """So many cases, typed, answered and mistyped; then everything is looked through, while it runs and afterwards."""
    row, draw = Row(ROW, size, seed), random.Random(f"{seed}/leaks")  # noqa: S311 - a seed makes it a story
    words = {what: drawn(draw) for what in (*KEPT, *TRIED)}
    end = time.monotonic() + budget_s
    with tempfile.TemporaryDirectory(prefix="trust-drafts-") as drafts, SmsGateway.start() as sms:
        more = f'[carriers.sms]\nurl = "{sms.url}"\n'
        with patch.dict(os.environ, TMPDIR=drafts), planting(planted), set_up(planted=planted, more=more) as scene:
            trial = Trial(scene, sms, words)
            trial.life(SIZES[size])
            search = Search(words)
            found = {
                "I6 nothing planted in a file of the house": search.in_files(scene.house.settings.data, "data"),
                "I6 nothing planted in a file beside it": search.in_files(Path(drafts), "drafts"),
                "I6 nothing planted in a message": in_messages(trial, search),
                "I6 nothing planted in what others see": [
                    leak for place, data in trial.shown.items() for leak in search.found(place, data)
                ],
                "no link, password or key in a file of the house": keys_in_files(trial),
            }
            kept = row.result(
                "what was planted is kept and can be read by its desk", len(trial.codes) * len(KEPT), trial.not_kept()
            )
            in_time = row.result("looked through in time", 1, ["too late"] if time.monotonic() > end else [])
    figures = f"{search.looked_at / 1e6:.1f} MB, {len(words)} words in 8 encodings"
    return [kept, *(row.result(said, len(words), leaks, figures) for said, leaks in found.items()), in_time]


def in_messages(trial: Trial, search: Search) -> list[str]:
    """In whatever left the house, as it travelled."""
    mails = [leak for mail in trial.scene.mail.received() for leak in search.found("a mail", mail.raw)]
    texts = [leak for asked in trial.sms.asked() for leak in search.found("an SMS", str(asked).encode())]
    return mails + texts


def keys_in_files(trial: Trial) -> list[str]:
    """What opens something stands in no file: not in the database, not in a log, not in Prefect's records."""
    return Search(trial.secrets).in_files(trial.scene.house.settings.data, "data")
