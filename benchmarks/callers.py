"""Whoever calls the desk from outside: an operator's browser, and a program with a key of the JSON API."""

import http.client
import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from pyotp.totp import TOTP

from benchmarks.houses import Standing
from models.accounts import FIRST_OPERATOR
from models.apikeys import make_key
from models.composition import House
from models.programs import Operation

TIMEOUT = 30.0


class Browser:
    """An operator's browser: one kept connection, signed in."""

    def __init__(self, place: Standing) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", place.ports.desk, timeout=TIMEOUT)
        self.cookie = place.cookie
        if not self.cookie:
            self._sign_in(place.password)
            place.cookie = self.cookie

    def _sign_in(self, password: str) -> None:
        """As the first operator does at the first time: password, then the code of an app that is set by it."""
        answer = self._post("/sign-in", {"name": FIRST_OPERATOR, "password": password})
        self.cookie = answer.getheader("set-cookie", "").partition(";")[0]
        self._connection.request("GET", "/sign-in/code", headers={"Cookie": self.cookie})
        drawn = re.search(r'<code id="secret">([A-Z2-7]+)</code>', self._connection.getresponse().read().decode())
        assert drawn is not None, "asked for the second factor"
        answer = self._post("/sign-in/code", {"code": TOTP(drawn[1]).now()})
        self.cookie = answer.getheader("set-cookie", "").partition(";")[0]
        assert self.cookie, "signed in"

    def _post(self, path: str, form: Mapping[str, str]) -> http.client.HTTPResponse:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": self.cookie,
        }
        self._connection.request("POST", path, urlencode(form), headers)
        answer = self._connection.getresponse()
        answer.read()
        return answer

    def connect(self) -> None:
        """Connect anew: the desk hangs up on whoever is idle for five seconds."""
        self._connection.close()
        self._connection.connect()

    def board(self) -> float:
        """Look at the open cases; milliseconds until the page was there."""
        return self.look("/")

    def look(self, path: str) -> float:
        """Look at that page; milliseconds until it was there."""
        started = time.monotonic()
        self._connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == http.HTTPStatus.OK, answer.status
        return (time.monotonic() - started) * 1000

    def open_case(self, command: str, consents: Sequence[str]) -> str:
        """Send the form of a new case; the code of the case."""
        form = {"command": command, "pathway": "intake", "territory": "valle_chiara", "fact.risk": "high"}
        answer = self._post("/cases/new", form | {f"consent.{name}": "yes" for name in consents})
        assert answer.status == http.HTTPStatus.SEE_OTHER, answer.status
        return answer.getheader("location", "").rpartition("/")[2]

    def close(self) -> None:
        """Close the window."""
        self._connection.close()


class Program:
    """A program of the coordination: one kept connection, and a key that opens cases."""

    def __init__(self, place: Standing, house: House) -> None:
        _, secret = make_key(
            house.database,
            house.procedures.directory(),
            name="bench",
            may=[Operation.CASES_OPEN.value],
            body=None,
            days=1,
            created_by="operator:bench",
            now=datetime.now(UTC),
        )
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", place.ports.desk, timeout=TIMEOUT)

    def open_case(self, key: str, consents: Sequence[str]) -> str:
        """Open a case under that idempotency key; its code."""
        asked = {
            "pathway": "intake",
            "territory": "valle_chiara",
            "facts": {"risk": "high"},
            "consents": list(consents),
        }
        headers = {**self._headers, "Idempotency-Key": key}
        self._connection.request("POST", "/api/v1/cases", json.dumps(asked), headers)
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == http.HTTPStatus.CREATED, answer.status
        code: str = json.loads(told)["code"]
        return code

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
