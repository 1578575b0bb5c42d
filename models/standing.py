"""The chain of what was done about the network's people, and the check of it and of what hangs on it."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from models.act_tables import ActHead
from models.chains import ActFault, Chain, followed
from models.encoding import canonical
from models.standing_tables import PinRecord, RevokedChannel, StandingActRecord
from procedures.directory import Away, Contact, NetworkPerson, OwnRule, OwnWays
from procedures.own_rules import ChannelRule
from procedures.standing import StandingAct, StandingActKind, Standings, after, standings_of

CHAIN = Chain("standing", StandingActRecord, ("seq", "kind", "actor", "person", "payload"))


def read_standings(connection: Connection) -> Standings:
    """What holds of each person."""
    return standings_of(map(_act, CHAIN.rows(connection)))


def append(connection: Connection, act: StandingAct) -> None:
    """Chain an act on, if it can be done. Raises as `procedures.standing.after`; nothing was kept then."""
    CHAIN.take_turn(connection)
    head = connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN.name)).scalar_one()
    after(read_standings(connection), replace(act, number=head + 1))
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "person": act.person}
    CHAIN.add(connection, {**row, "payload": canonical({"mark": act.mark, **_more(act)})})


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


def _more(act: StandingAct) -> dict[str, object]:
    """What only some acts say."""
    more: dict[str, object] = {}
    if act.kind is StandingActKind.RULES_SET:
        more["rules"] = [[one.channel, one.after, one.since, one.until, one.off] for one in act.rules]
    if act.since is not None and act.until is not None:
        more["away"] = [act.since.astimezone(UTC).isoformat(), act.until.astimezone(UTC).isoformat()]
    if act.ends:
        more["ends"] = act.ends
    if act.service:
        more["service"] = act.service
    return more


def _act(row: Row[Any]) -> StandingAct:
    said: Mapping[str, Any] = json.loads(row.payload)
    since, until = map(datetime.fromisoformat, said["away"]) if "away" in said else (None, None)
    return StandingAct(
        StandingActKind(row.kind),
        row.at,
        row.actor,
        row.person,
        said["mark"],
        tuple(ChannelRule(*one) for one in said.get("rules", ())),
        since,
        until,
        said.get("ends", 0),
        said.get("service", ""),
        row.seq,
    )


def own_ways(connection: Connection, key: bytes, people: Mapping[str, NetworkPerson]) -> Mapping[str, OwnWays]:
    """What people said of how and when they are called, as the rules look at it: by person, of those of the file."""
    found = {}
    for name, held in read_standings(connection).items():
        if name not in people or not (held.rules or held.verified or held.away or held.feeds):
            continue
        marks = {number: channel_mark(key, one) for number, one in enumerate(people[name].contacts)}
        places = {f"{people[name].contacts[number].kind.value}.{mark}": number for number, mark in marks.items()}
        rules = [
            OwnRule(contact=places[one.channel], after=one.after, since=one.since, until=one.until, off=one.off)
            for one in held.rules
            if one.channel in places
        ]
        found[name] = OwnWays(
            rules=tuple(rules),
            verified=tuple(number for number, mark in marks.items() if mark in held.verified),
            away=tuple(Away(since=one.since, until=one.until) for one in held.away),
            feeds=held.feeds,
        )
    return found
