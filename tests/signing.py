"""Signing in as people do: name and password, then the code of an app, which is set at the first time."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import httpx2
from pyotp.totp import TOTP

from models.accounts import sign_in
from models.composition import House
from models.factors import on_the_way, prove

KEY = re.compile(r'<code id="secret">([A-Z2-7]+)</code>')
RECOVERY = re.compile(r"<li><code>([A-Z0-9-]+)</code></li>")


class Asks(Protocol):
    """A browser: httpx2's client, or one that asks the application itself."""

    def get(self, url: str, /) -> httpx2.Response:
        """Look at a page."""
        ...

    def post(self, url: str, /, *, data: Mapping[str, str]) -> httpx2.Response:
        """Send a form."""
        ...


class Telephones:
    """What people have beside their passwords: the app, and the recovery codes, for a code of the app is good once."""

    def __init__(self) -> None:
        self._kept: dict[str, list[str]] = {}
        self._apps: dict[str, TOTP] = {}

    def token(self, house: House, name: str, password: str, now: datetime) -> str | None:
        """The token of a whole sign-in, made where the house keeps it; None where the password is wrong."""
        token = sign_in(house.database, name, password, now)
        if token is None:
            return None
        secret = on_the_way(house.database, house.keyring, token, now).secret
        if secret is not None:
            self._apps[name] = TOTP(secret)
        left = self._kept.get(name)
        code = left.pop() if left and secret is None else self._apps[name].at(now)
        proved = prove(house.database, house.keyring, token, code, now)
        self._kept.setdefault(name, []).extend(proved.recovery)
        return proved.token

    def secret(self, name: str) -> str:
        """What her app makes its codes of."""
        return self._apps[name].secret

    def left(self, name: str) -> list[str]:
        """The recovery codes that this person has not used."""
        return self._kept[name]

    def app_code(self, name: str, now: datetime) -> str:
        """What her app shows then."""
        return self._apps[name].at(now)

    def recovery(self, name: str) -> str:
        """One of them, which is used by that."""
        return self._kept[name].pop()

    def sign_in(self, browser: Asks, name: str, password: str) -> httpx2.Response:
        """Sign in whole; the page where the work begins, or the one that says what was wrong."""
        answer = browser.post("/sign-in", data={"name": name, "password": password})
        if answer.status_code >= 400:
            return answer
        asked = browser.get("/sign-in/code")
        drawn = KEY.search(asked.text)
        if drawn is not None:
            self._apps[name] = TOTP(drawn[1])
            shown = browser.post("/sign-in/code", data={"code": self._apps[name].now()})
            self._kept[name] = RECOVERY.findall(shown.text)
        elif name in self._apps:
            left = self._kept.get(name)
            browser.post("/sign-in/code", data={"code": left.pop() if left else self._apps[name].now()})
        return browser.get("/")
