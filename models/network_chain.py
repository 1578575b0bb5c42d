"""The chain of what was done about the network, and the check of it and of the texts that were proposed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from models.act_tables import ActHead
from models.chains import ActFault, Chain, followed
from models.encoding import canonical
from models.network_tables import NetworkActRecord, ProposedNetwork
from procedures.duty_changes import DutyAct, DutyActKind, DutyChanges, Turn, after

CHAIN = Chain("network", NetworkActRecord, ("seq", "kind", "actor", "about", "payload"))
OF_DUTIES = frozenset(DutyActKind)


def duty_changes_in(connection: Connection) -> DutyChanges:
    """Every override and swap, by number. What cannot follow is for the check of the trail to tell."""
    first: DutyChanges = {}
    return followed(CHAIN.rows(connection), first, _after)[0]


def add_duty_act(connection: Connection, known: DutyChanges, act: DutyAct) -> DutyChanges:
    """Chain an act on, if it can be done; the changes after it. Only after its turn was taken.

    Raises:
        NoSuchChange, WhyNeeded, ChangeBackwards: it cannot be done; nothing was kept.
    """
    head = connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN.name)).scalar_one()
    made = after(known, head + 1, act)
    turns = [[turn.person, _moment(turn.since), _moment(turn.until)] for turn in act.turns]
    more = {"why": act.why, "turns": turns, "undoes": act.undoes, "command": act.command}
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "about": act.service}
    CHAIN.add(connection, {**row, "payload": canonical(more)})
    return made


def check_network_acts(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, in their order, and in proposed texts."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(rows), *_texts(connection)]


def _follow(rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    first: DutyChanges = {}
    _known, impossible = followed(rows, first, _after)
    if impossible is not None:
        yield impossible


def _texts(connection: Connection) -> Iterator[ActFault]:
    for row in connection.execute(select(ProposedNetwork.hash, ProposedNetwork.document)):
        if hashlib.sha256(row.document.encode()).hexdigest() != row.hash:
            yield ActFault(None, "text", "a proposed text of the network's file was altered")


def _after(known: DutyChanges, row: Row[Any]) -> DutyChanges:
    return after(known, row.seq, _duty_act(row)) if row.kind in OF_DUTIES else known


def _duty_act(row: Row[Any]) -> DutyAct:
    more: Mapping[str, Any] = json.loads(row.payload)
    turns = tuple(
        Turn(person, datetime.fromisoformat(since), datetime.fromisoformat(until))
        for person, since, until in more["turns"]
    )
    said = (row.at, row.actor, row.about, more["why"], turns, more["undoes"], more["command"])
    return DutyAct(DutyActKind(row.kind), *said)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
