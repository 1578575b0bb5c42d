"""Browsers to which an alert is also said: let by whoever is signed in, beside the channels of the network's file.

They hang on an account, not on a person of the file: who has no account any more, or is somebody else by now, is
written to no longer, and nobody had to think of it. Nobody waits for what is said there
([why](../docs/decisions/0084-a-browser-is-told-beside-the-channels.md)).
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from models.account_tables import PushBrowser
from models.composition import House
from models.database import Database
from models.keyring_errors import SealBroken
from models.people import append
from models.push_copies import MOST
from models.sealing import Place, seal, unseal
from procedures.errors import Refused
from procedures.people import OPERATOR_PREFIX, PersonAct, PersonActKind


class TooManyBrowsers(Refused):
    """More than anybody carries."""

    template = "Messages go to {most} browsers of yours already. Take one away first."


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """One browser of somebody."""

    browser_id: str
    made_at: datetime


def browsers_of(db: Database, operator_id: str) -> Sequence[BrowserRow]:
    """Those of an account, the oldest first."""
    query = select(PushBrowser.browser_id, PushBrowser.made_at).where(PushBrowser.operator_id == operator_id)
    with db.read() as connection:
        return [BrowserRow(*row) for row in connection.execute(query.order_by(PushBrowser.made_at)).all()]


def keep_browser(house: House, operator_id: str, address: str) -> None:
    """Say the alerts of this account's person to this browser, too: where it is and its keys, a blank between.

    Whoever used that browser before is written to there no longer. Said twice, it is kept once.

    Raises:
        TooManyBrowsers: nothing was kept.
        StoreBusy, StoreFailed: nothing was kept.
    """
    now, key = house.clock.now(), house.keyring.browser_key
    endpoint = address.partition(" ")[0]
    browser_id = hmac.digest(key, endpoint.encode(), hashlib.sha256).hex()
    row = {
        "browser_id": browser_id,
        "operator_id": operator_id,
        "sealed": seal(key, address.encode(), _place(browser_id)),
        "made_at": now,
    }
    hers = PushBrowser.operator_id == operator_id
    with house.database.write() as connection:
        if not connection.execute(delete(PushBrowser).where(hers, PushBrowser.browser_id == browser_id)).rowcount:
            append(connection, _act(PersonActKind.BROWSER_SET, operator_id, now))
        connection.execute(delete(PushBrowser).where(PushBrowser.browser_id == browser_id))
        if connection.execute(select(func.count()).select_from(PushBrowser).where(hers)).scalar_one() >= MOST:
            raise TooManyBrowsers(most=MOST)
        connection.execute(insert(PushBrowser), [row])


def take_browser(house: House, operator_id: str, browser_id: str) -> None:
    """Write to this browser of hers no more; one that is gone already is no fault. Raises StoreBusy, StoreFailed."""
    hers = (PushBrowser.browser_id == browser_id, PushBrowser.operator_id == operator_id)
    with house.database.write() as connection:
        if connection.execute(delete(PushBrowser).where(*hers)).rowcount:
            append(connection, _act(PersonActKind.BROWSER_TAKEN, operator_id, house.clock.now()))


def address_of(house: House, browser_id: str) -> str:
    """Where it is and its keys, a blank between; empty where it was taken away meanwhile."""
    query = select(PushBrowser.sealed).where(PushBrowser.browser_id == browser_id)
    with house.database.read() as connection:
        sealed = connection.execute(query).scalar()
    try:
        return "" if sealed is None else unseal(house.keyring.browser_key, sealed, _place(browser_id)).decode()
    except SealBroken:
        return ""  # somebody changed it past the house: nothing goes there


def _act(kind: PersonActKind, operator_id: str, now: datetime) -> PersonAct:
    return PersonAct(kind, now, f"{OPERATOR_PREFIX}{operator_id}", operator_id)


def _place(browser_id: str) -> Place:
    return Place(table="push_browsers", case_id="", row=browser_id, field="sealed", key="browsers")
