"""Wrong passwords are counted, and nobody is locked out by somebody else (trust.md, lock-out; OWASP device cookies).

A device on which somebody signed in whole before has a counter of its own for her. All others share one for each name,
whether anybody has that name or not: after ten wrong passwords they rest for a quarter of an hour, and a device that is
known goes on.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from models.account_tables import Device, WrongPassword
from models.accounts import OperatorAccount, token_hash
from models.database import Database
from models.people import append
from models.upserting import insert as upsert
from procedures.errors import Refused
from procedures.people import PersonAct, PersonActKind

MOST_WRONG = 10
REST = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=180)
"""A device on which nobody signed in for so long is unknown again."""


class DoorRests(Refused):
    """Too many wrong passwords for this name, from devices that are not known."""

    template = "Too many wrong passwords. Wait a quarter of an hour, or use a device on which you signed in before."


def counter(db: Database, key: bytes, name: str, device: str, now: datetime) -> str:
    """Which counter counts for this name on this device, of which only a hash is known; `key` is the house's.

    Raises:
        DoorRests: that counter is full.
    """
    ours = _name(key, name)
    with db.read() as connection:
        known = connection.execute(
            select(Device.operator_id).where(
                Device.token_hash == token_hash(device), Device.name_hash == ours, Device.seen_at > now - KNOWN_FOR
            )
        ).first()
        asked = _digest(key, "device", device) if device and known else ours
        row = connection.execute(
            select(WrongPassword.wrong, WrongPassword.at).where(WrongPassword.counter == asked)
        ).first()
    if row is not None and row.wrong >= MOST_WRONG and row.at + REST > now:
        raise DoorRests
    return asked


def count_wrong(db: Database, asked: str, now: datetime) -> None:
    """One more wrong password; what is older than the rest begins anew, and is forgotten."""
    with db.write() as connection:
        connection.execute(delete(WrongPassword).where(WrongPassword.at <= now - REST))
        one = upsert(WrongPassword).values(counter=asked, wrong=1, at=now)
        again = {"wrong": WrongPassword.wrong + 1, "at": now}
        connection.execute(one.on_conflict_do_update(index_elements=[WrongPassword.counter], set_=again))


def forget(db: Database, asked: str) -> None:
    """The right password came."""
    with db.write() as connection:
        connection.execute(delete(WrongPassword).where(WrongPassword.counter == asked))


def know_device(db: Database, key: bytes, who: OperatorAccount, device: str, now: datetime) -> str:
    """The token of a device on which somebody signed in whole: the one it has, or a new one, which its owner is told.

    Raises:
        StoreBusy, StoreFailed: she is signed in, and the device is not known.
    """
    ours = _name(key, who.name)
    with db.write() as connection:
        if device and _seen(connection, who.operator_id, device, now):
            return device
        token = secrets.token_urlsafe(32)
        row = {"token_hash": token_hash(token), "operator_id": who.operator_id, "name_hash": ours, "seen_at": now}
        connection.execute(insert(Device), [row])
        append(connection, PersonAct(PersonActKind.DEVICE_NEW, now, who.actor, who.operator_id))
    return token


def _seen(connection: Connection, operator_id: str, device: str, now: datetime) -> bool:
    ours = (Device.token_hash == token_hash(device), Device.operator_id == operator_id)
    return bool(connection.execute(update(Device).where(*ours).values(seen_at=now)).rowcount)


def _name(key: bytes, name: str) -> str:
    return _digest(key, "name", name.strip().casefold())


def _digest(key: bytes, what: str, text: str) -> str:
    """Keyed: a stolen database does not tell which names were tried."""
    return hmac.new(key, f"{what} {text}".encode(), hashlib.sha256).hexdigest()
