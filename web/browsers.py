"""Browsers to which alerts are also said: what the page of somebody's channels shows of them, and what its form brings.

The browser is asked by `static/push.js`, and shows what comes by `static/push-worker.js`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from models.browsers import browsers_of, keep_browser
from models.own_account import person_of
from models.own_letters import last_tests
from notifiers.accounts import Account, read_account
from notifiers.errors import BadCarrier
from notifiers.subscriptions import NotASubscription, read_subscription
from procedures.directory import PUSH
from procedures.people import Role
from web.channellines import TO_DO, said_of
from web.doorkeeper import Visit
from web.forms import word
from web.saying import N_

AGAIN = N_("Take this browser away, open this page on it, and let messages come to it again.")
LOOK = N_("Look there: if no message is there, test it again in a minute.")


@dataclass(frozen=True)
class BrowserLine:
    """One browser of hers, as she sees it."""

    browser_id: str
    since: datetime
    said: str
    """What came of its last test."""
    state: str
    """`never`, `waits`, `good`, `bad`."""
    at: datetime | None
    to_do: str


def browser_lines(visit: Visit, person: str) -> Sequence[BrowserLine]:
    """The browsers of an account, the oldest first."""
    db, say = visit.desk.house.database, visit.names.words.gettext
    hers = browsers_of(db, visit.operator.operator_id)
    tests = last_tests(db, person) if hers else {}
    found = []
    for one in hers:
        last = tests.get((person, PUSH, one.browser_id))
        said, state, to_do = said_of(visit, last)
        if to_do and last is not None:
            to_do = LOOK if last.state == "uncertain" else TO_DO.get(last.code or "", AGAIN)
        at = last.settled_at if last else None
        found.append(BrowserLine(one.browser_id, one.made_at, said, state, at, say(to_do) if to_do else ""))
    return found


def push_key(visit: Visit) -> str:
    """The key that one more browser is asked with; empty where none may be let."""
    account = _carrier(visit)
    return account.push.public if account is not None and account.push is not None else ""


def add_browser(visit: Visit, form: FormData) -> None:
    """Keep what a browser gave.

    Raises:
        NotASubscription: it gave nothing of use, or nothing may go to browsers here.
        TooManyBrowsers, StoreBusy, StoreFailed: it was not kept.
    """
    account = _carrier(visit)
    if account is None:
        raise NotASubscription
    given = [word(form, name) for name in ("endpoint", "p256dh", "auth")]
    read_subscription(given[0], given[1], given[2], account.services)
    keep_browser(visit.desk.house, visit.operator.operator_id, " ".join(given))


def _carrier(visit: Visit) -> Account | None:
    """Whoever writes to browsers, for somebody who answers for services and whom the network knows."""
    house = visit.desk.house
    carrier = house.settings.carriers.get(PUSH)
    answers = Role.SERVICE_MEMBER in visit.operator.roles and person_of(house.database, visit.operator.operator_id)
    if carrier is None or not answers:
        return None
    try:
        return read_account(PUSH, carrier.read_url())
    except (OSError, BadCarrier):  # `staffetta doctor` says it to those who can help
        return None
