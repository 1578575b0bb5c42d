"""T10, of strangers: a process of its own sends 200 requests a second while an operator opens cases at the desk.

Half of them look at forged links, a quarter answers by forged links, a quarter signs in under names that nobody has.
One thing is done after another: a case is opened, and taken by the link of its message; what each takes is measured.
Everything else of T10 is measured by `make bench`.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from models.accounts import FIRST_OPERATOR
from models.links import link_code, link_token
from tests.signing import Telephones
from tests.trust.checks import Row, rows
from tests.trust.people import CODE, desk_form
from tests.trust.report import RowResult
from tests.trust.scene import Scene, set_up

ROW = "T10"
A_SECOND = 200
SECONDS = {"tiny": 5.0, "change": 20.0, "full": 300.0}
PATIENCE = 20.0
LONGEST = 1.0
"""Seconds, for 95 of 100 cases."""
AT_LEAST = 0.9
"""Of the flood that was meant: one that did not come shows nothing."""
REFUSED_WELL = frozenset({404, 422, 429, 503})
BROWSER = {"sec-fetch-site": "same-origin"}


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """One flood, as long as the size says."""
    row, seconds = Row(ROW, size, seed), min(SECONDS[size], budget_s / 2)
    with set_up(planted=planted, parts=frozenset({"desk"})) as scene:
        client = httpx2.Client(base_url=scene.desk, timeout=PATIENCE, headers=BROWSER, follow_redirects=False)
        client.follow_redirects = True
        Telephones().sign_in(client, FIRST_OPERATOR, scene.password)
        client.follow_redirects = False
        quiet = Work(scene, client).go_on(SECONDS["tiny"])
        command = [sys.executable, "-m", "tests.trust.flood", scene.desk, str(seed), str(seconds)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as flood:
            assert flood.stdout is not None
            flood.stdout.readline()  # it has begun
            work = Work(scene, client).go_on(seconds)
            said, _ = flood.communicate(timeout=seconds + 3 * PATIENCE)
        client.close()
        return judged(row, int(A_SECOND * seconds), json.loads(said), quiet, work)


@dataclass
class Work:
    """What an operator and a service do, one thing after another, and the seconds that each took from the click."""

    scene: Scene
    desk: httpx2.Client
    opened: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def go_on(self, seconds: float) -> "Work":
        """For so long."""
        ends = time.monotonic() + seconds
        with httpx2.Client(base_url=self.scene.desk, timeout=PATIENCE, headers=BROWSER) as telephone:
            while time.monotonic() < ends:
                try:
                    self._once(telephone)
                except (httpx2.TransportError, ValueError) as failure:
                    self.failed.append(type(failure).__name__)
        return self

    def _once(self, telephone: httpx2.Client) -> None:
        form = desk_form(self.desk.get("/cases/new").text)
        answer = self._timed(self.opened, self.desk, "/cases/new", form)
        found = CODE.search(answer.headers.get("location", ""))
        if found is None:
            self.failed.append(f"opening: {answer.status_code}")
            return
        query = (
            "SELECT delivery_id FROM deliveries JOIN cases ON cases.case_id = deliveries.case_id "
            "WHERE cases.code = ? AND link_use = 'answer'"
        )
        ((delivery, *_), *_) = rows(self.scene, query, found[1])
        key = self.scene.house.keyring.token_key
        form = {"code": link_code(key, delivery), "answer": "accept"}
        answer = self._timed(self.taken, telephone, f"/h/{link_token(key, delivery)}", form)
        if not answer.is_success:
            self.failed.append(f"answering: {answer.status_code}")

    @staticmethod
    def _timed(into: list[float], client: httpx2.Client, path: str, form: dict[str, str]) -> httpx2.Response:
        began = time.perf_counter()
        answer = client.post(path, data=form)
        into.append(time.perf_counter() - began)
        return answer


def judged(row: Row, meant: int, said: Mapping[str, int], quiet: Work, work: Work) -> list[RowResult]:
    """What the operator waited, and what the strangers were told."""
    sent = sum(said.values())
    # Whoever sends so much on a busy machine may lose patience first, which is no answer either.
    strange = [
        f"{times} times {status}"
        for status, times in said.items()
        if status.isdigit() and int(status) not in REFUSED_WELL
    ]
    done = len(work.opened) + len(work.taken) + len(work.failed)
    few = ["too few"] * (sent < meant * AT_LEAST)
    found = [
        row.result(f"{A_SECOND} requests a second came", meant, few, str(dict(said))),
        row.result("strangers are refused", sent, strange),
        row.result("every case is opened and taken beside a flood", done, work.failed),
    ]  # fmt: skip
    for what, took, before in (("opening", work.opened, quiet.opened), ("answering", work.taken, quiet.taken)):
        late = [f"{p95(took):.2f} s"] * (p95(took) > LONGEST)
        figures = f"p95 {p95(took) * 1000:.0f} ms, median {median(took):.0f} ms; without it {median(before):.0f} ms"
        found.append(row.result(f"{what} p95 <= 1 s beside a flood", len(took), late, figures))
    return found


def p95(seconds: list[float]) -> float:
    """In seconds; endless where nothing was opened."""
    return sorted(seconds)[int(len(seconds) * 0.95)] if seconds else float("inf")


def median(seconds: list[float]) -> float:
    """In milliseconds."""
    return statistics.median(seconds) * 1000 if seconds else float("inf")


async def flood(desk: str, seed: int, seconds: float) -> Counter[str]:
    """Send so many requests a second, whatever becomes of them; how often each status was the answer."""
    draw, answers = random.Random(f"{seed}/flood"), Counter[str]()  # noqa: S311 - a seed makes it a story
    limits = httpx2.Limits(max_connections=500, max_keepalive_connections=100)
    async with httpx2.AsyncClient(base_url=desk, timeout=PATIENCE, headers=BROWSER, limits=limits) as strangers:
        began, under_way = time.monotonic(), []
        for number in range(int(A_SECOND * seconds)):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
            under_way.append(asyncio.create_task(_one(strangers, draw, number, answers)))
        await asyncio.gather(*under_way)
    return answers


async def _one(strangers: httpx2.AsyncClient, draw: random.Random, number: int, answers: Counter[str]) -> None:
    token = f"{draw.getrandbits(128):022x}"[:22]
    try:
        if number % 4 == 0:
            form = {"name": f"nobody-{draw.getrandbits(32)}", "password": token}
            answer = await strangers.post("/sign-in", data=form)
        elif number % 4 == 1:
            answer = await strangers.post(f"/h/{token}", data={"code": "ACDEFG", "answer": "accept"})
        else:
            answer = await strangers.get(f"/h/{token}")
    except httpx2.TransportError as failure:
        answers[type(failure).__name__] += 1
    else:
        answers[str(answer.status_code)] += 1


if __name__ == "__main__":
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    sys.stdout.write(json.dumps(asyncio.run(flood(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
