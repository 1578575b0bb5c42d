"""The chain of what was done about the network's people, and the check of it and of what hangs on it."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from models.chains import ActFault, Chain, followed
from models.encoding import canonical
from models.standing_tables import PinRecord, RevokedChannel, StandingActRecord
from procedures.directory import Contact
from procedures.standing import StandingAct, StandingActKind, Standings, after, standings_of

CHAIN = Chain("standing", StandingActRecord, ("seq", "kind", "actor", "person", "payload"))


def read_standings(connection: Connection) -> Standings:
    """What holds of each person."""
    return standings_of(map(_act, CHAIN.rows(connection)))


def append(connection: Connection, act: StandingAct) -> None:
    """Chain an act on, if it can be done. Raises NoPin, ChannelRevoked, ChannelTrusted; nothing was kept then."""
    CHAIN.take_turn(connection)
    after(read_standings(connection), act)
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "person": act.person}
    CHAIN.add(connection, {**row, "payload": canonical({"mark": act.mark})})


def keep_pin(connection: Connection, act: StandingAct, pin_hash: str) -> None:
    """A PIN in the place of the one before."""
    append(connection, act)
    row = {"person": act.person, "pin_hash": pin_hash, "issued_at": act.at}
    connection.execute(delete(PinRecord).where(PinRecord.person == act.person))
    connection.execute(insert(PinRecord), [row])


def drop_pin(connection: Connection, act: StandingAct) -> None:
    """It proves nothing any more. Raises NoPin."""
    append(connection, act)
    connection.execute(delete(PinRecord).where(PinRecord.person == act.person))


def revoke(connection: Connection, act: StandingAct, channel: str) -> None:
    """Write to this channel no more. Raises ChannelRevoked."""
    append(connection, act)
    row = {"person": act.person, "mark": act.mark, "channel": channel, "revoked_at": act.at}
    connection.execute(insert(RevokedChannel), [row])


def trust_again(connection: Connection, act: StandingAct) -> None:
    """Write to it again. Raises ChannelTrusted."""
    append(connection, act)
    ours = (RevokedChannel.person == act.person, RevokedChannel.mark == act.mark)
    connection.execute(delete(RevokedChannel).where(*ours))


def digest(kept: str) -> str:
    """What the acts say of a kept PIN: it cannot be changed unseen, nor put there."""
    return hashlib.sha256(kept.encode()).hexdigest()


def channel_mark(key: bytes, contact: Contact) -> str:
    """How a channel is told from others without its address in the acts.

    Keyed with `keyring.channel_key`: whoever holds an exported trail could try every telephone number on a plain hash.
    """
    return hmac.digest(key, ":".join(contact.channel).encode(), "sha256").hex()


def check_standing(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, their order, and what is kept beside."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(connection, rows)]


def _follow(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    first: Standings = {}
    known, impossible = followed(rows, first, lambda known, row: after(known, _act(row)))
    if impossible is not None:
        yield impossible
        return
    pins = {
        row.person: digest(row.pin_hash) for row in connection.execute(select(PinRecord.person, PinRecord.pin_hash))
    }
    held = {person: one.pin for person, one in known.items() if one.pin}
    for person in sorted(person for person in {*pins, *held} if pins.get(person) != held.get(person)):
        yield ActFault(None, "account", f"the PIN of {person} follows from no act")
    shut = {(row.person, row.mark) for row in connection.execute(select(RevokedChannel.person, RevokedChannel.mark))}
    meant = {(person, mark) for person, one in known.items() for mark in one.revoked}
    for person, _mark in sorted(shut ^ meant):
        yield ActFault(None, "account", f"a channel of {person} is or is not in use, which follows from no act")


def _act(row: Row[Any]) -> StandingAct:
    mark = json.loads(row.payload)["mark"]
    return StandingAct(StandingActKind(row.kind), row.at, row.actor, row.person, mark)
