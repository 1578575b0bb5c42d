"""Browsers to which alerts are also said: what the page of somebody's channels shows of them, and what its form brings.

The browser is asked by `static/push.js`, and shows what comes by `static/push-worker.js`.
"""

from starlette.datastructures import FormData

from models.browsers import browsers_of, keep_browser
from models.own_account import person_of
from notifiers.accounts import Account, read_account
from notifiers.errors import BadCarrier
from notifiers.subscriptions import NotASubscription, read_subscription
from procedures.directory import PUSH
from procedures.people import Role
from web.doorkeeper import Visit
from web.forms import word


def browser_values(visit: Visit) -> dict[str, object]:
    """The browsers of an account, and the key that one more is asked with; empty where none may come to any."""
    account = _carrier(visit)
    hers = browsers_of(visit.desk.house.database, visit.operator.operator_id)
    key = account.push.public if account is not None and account.push is not None else ""
    return {"browsers": hers, "push_key": key}


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
