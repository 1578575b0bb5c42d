"""A house whose API is served over real HTTP, with keys for its programs."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.testclient import TestClient

from models.apikeys import Program, make_key
from models.programs import OF_ONE_BODY, Operation
from tests.integration.webhouse import BASE, WebHouse, web_house
from web.bounded import BoundedHttp
from web.listening import listen
from web.sessions import wall

EVERYTHING = tuple(Operation)
TO_OPEN = {
    "pathway": "shelter",
    "territory": "valle_chiara",
    "facts": {"risk": "high", "needs_transport": True},
    "consents": ["shelter"],
    "desk": "sportello_luna",
}


@dataclass(frozen=True)
class Caller:
    """A program with its key."""

    client: TestClient
    program: Program
    secret: str
    numbers: Iterator[int]

    def fresh(self) -> str:
        """An Idempotency-Key that was not used before."""
        return f"story-{self.program.key_id[-8:]}-{next(self.numbers):08d}"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Read something below /api/v1."""
        return self.client.get(f"/api/v1{path}", headers=self._signed(headers))

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None, **headers: str
    ) -> httpx2.Response:
        """Change something, under an id of its own."""
        signed = self._signed(headers) | {"Idempotency-Key": key or self.fresh()}
        return self.client.post(f"/api/v1{path}", json=body or {}, headers=signed)

    def open_case(self, **changes: Any) -> dict[str, Any]:
        """Open a case that asks for a protected place."""
        answer = self.post("/cases", TO_OPEN | changes)
        assert answer.status_code == 201, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    def _signed(self, headers: Mapping[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"} | named


def caller(
    house: WebHouse,
    name: str = "coordination",
    *,
    may: Iterable[str] = EVERYTHING,
    body: str | None = None,
    days: int = 90,
    made_ago: timedelta = timedelta(0),
) -> Caller:
    """A program of the coordination, or of one body, with a fresh key."""
    program, secret = make_key(
        house.house.database,
        house.house.procedures.directory(),
        name=name,
        may=OF_ONE_BODY if body and may is EVERYTHING else may,
        body=body,
        days=days,
        created_by="operator:1",
        now=wall() - made_ago,
    )
    return Caller(TestClient(house.app, base_url=BASE), program, secret, count(1))


@contextmanager
def api_house(folder: Path) -> Iterator[tuple[WebHouse, Caller]]:
    """A house and the coordination's program."""
    with web_house(folder) as house:
        yield house, caller(house)


@contextmanager
def served(house: WebHouse) -> Iterator[str]:
    """The address at which the house answers over real HTTP."""
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        house.app,
        access_log=False,
        server_header=False,
        log_level="warning",
        lifespan="off",
        http=BoundedHttp,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)  # another thread is starting: there is nothing here to wait on
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()
