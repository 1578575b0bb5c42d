"""The first operator signs in as people do: over the desk's own pages, with an app that makes codes."""

import re

import httpx2
from pyotp.totp import TOTP

from models.accounts import FIRST_OPERATOR
from procedures.errors import StaffettaError

KEY = re.compile(r'<code id="secret">([A-Z2-7]+)</code>')
RECOVERY = re.compile(r"<li><code>([A-Z0-9-]+)</code></li>")
PATIENCE = 30.0
"""Seconds: a password takes its time to be checked, and everything has just been started."""


class NotLetIn(StaffettaError):
    """The desk's pages did not go on as they should."""

    template = "The desk let nobody in ({status}). Look into the folder log."


def first_sign_in(desk: str, password: str) -> tuple[str, ...]:
    """Set the second factor and sign out; the recovery codes, each good once in the place of a telephone.

    Raises:
        NotLetIn: a page did not answer as it should.
    """
    with httpx2.Client(base_url=desk, timeout=PATIENCE, headers={"sec-fetch-site": "same-origin"}) as browser:
        browser.post("/sign-in", data={"name": FIRST_OPERATOR, "password": password})
        asked = browser.get("/sign-in/code")
        drawn = KEY.search(asked.text)
        if drawn is None:
            raise NotLetIn(status=asked.status_code)
        shown = browser.post("/sign-in/code", data={"code": TOTP(drawn[1]).now()})
        board = browser.get("/")
        codes = tuple(RECOVERY.findall(shown.text))
        if not board.is_success or not codes:
            raise NotLetIn(status=board.status_code)
        browser.post("/sign-out")
    return codes
