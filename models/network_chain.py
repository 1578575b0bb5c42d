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
from models.tables import Network
from procedures import network_editions
from procedures.duty_changes import DutyAct, DutyActKind, DutyChanges, Turn, after
from procedures.network_editions import NetworkAct, NetworkActKind, NetworkProposals

CHAIN = Chain("network", NetworkActRecord, ("seq", "kind", "actor", "about", "payload"))
OF_DUTIES = frozenset(DutyActKind)
OF_EDITIONS = frozenset(NetworkActKind)
IN_FORCE_BY = frozenset({NetworkActKind.IMPORTED, NetworkActKind.ADOPTED})


def digest_of(document: str) -> str:
    """How a text of the network's file is named."""
    return hashlib.sha256(document.encode()).hexdigest()


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


def proposals_in(connection: Connection) -> NetworkProposals:
    """Every proposed edition, by number. What cannot follow is for the check of the trail to tell."""
    first: NetworkProposals = {}
    return followed(CHAIN.rows(connection), first, _after_edition)[0]


def add_network_act(connection: Connection, known: NetworkProposals, act: NetworkAct) -> NetworkProposals:
    """Chain an act on, if it can be done; the proposals after it. Only after its turn was taken.

    Raises:
        Refused: as `network_editions.after`; nothing was kept.
    """
    head = connection.execute(select(ActHead.seq).where(ActHead.name == CHAIN.name)).scalar_one()
    made = network_editions.after(known, head + 1, act)
    more = {"edition": act.edition, "base": act.base, "number": act.about, "file": act.file, "person": act.person}
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "about": act.hash}
    CHAIN.add(connection, {**row, "payload": canonical(more)})
    return made


def check_network_acts(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, in their order, and in proposed texts."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(rows), *_texts(connection, rows)]


def _follow(rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    first: DutyChanges = {}
    _known, impossible = followed(rows, first, _after)
    if impossible is not None:
        yield impossible
    editions: NetworkProposals = {}
    _proposed, impossible = followed(rows, editions, _after_edition)
    if impossible is not None:
        yield impossible


def _texts(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    """What came into force is what was imported or adopted: whoever changes a telephone number in it is found."""
    kept = {row.edition: row.document for row in connection.execute(select(Network.edition, Network.document))}
    acted = {_network_act(row).edition: row for row in rows if row.kind in IN_FORCE_BY}
    for edition in sorted(kept):
        if acted and edition > min(acted) and edition not in acted:
            yield ActFault(None, "text", f"edition {edition} of the network's file follows from no act")
    for edition, row in acted.items():
        if edition not in kept or digest_of(kept[edition]) != row.about:
            yield ActFault(row.seq, "text", f"edition {edition} of the network's file was altered")
    for text in connection.execute(select(ProposedNetwork.hash, ProposedNetwork.document)):
        if digest_of(text.document) != text.hash:
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


def _after_edition(known: NetworkProposals, row: Row[Any]) -> NetworkProposals:
    return network_editions.after(known, row.seq, _network_act(row)) if row.kind in OF_EDITIONS else known


def _network_act(row: Row[Any]) -> NetworkAct:
    more: Mapping[str, Any] = json.loads(row.payload)
    said = (row.about, more["edition"], more["base"], more["number"], more["file"], more["person"])
    return NetworkAct(NetworkActKind(row.kind), row.at, row.actor, *said)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
