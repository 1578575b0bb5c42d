"""A new edition of the network's file by two people: one proposes it, another reads what it changes and adopts it."""

from collections.abc import Sequence
from pathlib import PurePath

from sqlalchemy import Connection, func, select

from models.account_tables import Operator
from models.composition import House
from models.database import Database
from models.leaving import pass_on_what_was_theirs
from models.network import put_in_force
from models.network_chain import CHAIN, add_network_act, digest_of, proposals_in
from models.network_reading import parse_network
from models.network_tables import ProposedNetwork
from models.tables import Network
from models.upserting import insert
from procedures.directory import Directory
from procedures.network_editions import (
    NetworkAct,
    NetworkActKind,
    NetworkProposal,
    NetworkUnchanged,
    NotProposedNetwork,
    SecondPersonAdopts,
    opened,
)
from procedures.people import OPERATOR_PREFIX

PROGRAM = "program"
"""Who shuts the accounts of leavers: it follows from the edition, and a coordinator alone could shut none."""
LONGEST_NAME = 100
"""Characters of a file's name that are kept."""


def propose_network(house: House, text: str, file: str, by: str) -> int:
    """Propose this text; the number of the proposal. Nothing is in force by it.

    Raises:
        ProcedureFaults: the text has faults, each with its place; nothing was kept.
        NetworkUnchanged, NetworkProposedAlready: it would change nothing, or waits already.
    """
    parse_network(text, file)
    now, name = house.clock.now(), digest_of(text)
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        edition, document = _in_force(connection)
        if document == text:
            raise NetworkUnchanged
        kept = insert(ProposedNetwork).values(hash=name, document=text)
        connection.execute(kept.on_conflict_do_nothing())
        called = PurePath(file).name[:LONGEST_NAME]
        person = _person(connection, by)
        act = NetworkAct(NetworkActKind.PROPOSED, now, by, name, base=edition, file=called, person=person)
        return max(add_network_act(connection, proposals_in(connection), act))


def adopt_network(house: House, number: int, by: str) -> int:
    """Adopt a proposal that somebody else made; the edition in force. What stood with those who left is passed on.

    Raises:
        NotProposedNetwork, SecondPersonAdopts, NetworkMovedOn: it cannot be adopted, or not by this person.
        ProcedureFaults: this program reads the text otherwise than the one that proposed it.
        StoreBusy, StoreFailed: nothing was saved; or it was, and not all was passed on: adopting says so, an import
            of the same file passes the rest on.
    """
    now = house.clock.now()
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        known = proposals_in(connection)
        proposal = opened(known, number)
        text = _text(connection, proposal)
        people = parse_network(text, proposal.act.file).people
        base, _document = _in_force(connection)
        person = _person(connection, by)
        if person and person == _person(connection, proposal.act.actor):
            raise SecondPersonAdopts  # an account may be tied to somebody only after it proposed
        made = put_in_force(connection, text, people, now, PROGRAM)
        act = NetworkAct(NetworkActKind.ADOPTED, now, by, proposal.act.hash, made, base, number, person=person)
        add_network_act(connection, known, act)
    pass_on_what_was_theirs(house, by)
    return made


def withdraw_network(house: House, number: int, by: str) -> None:
    """Take a proposal back, whoever made it. Raises NotProposedNetwork."""
    with house.database.write() as connection:
        CHAIN.take_turn(connection)
        known = proposals_in(connection)
        name = opened(known, number).act.hash
        act = NetworkAct(NetworkActKind.WITHDRAWN, house.clock.now(), by, name, about=number)
        add_network_act(connection, known, act)


def network_proposals(db: Database) -> Sequence[NetworkProposal]:
    """Every proposal, the latest first."""
    with db.read() as connection:
        return sorted(proposals_in(connection).values(), key=lambda one: -one.number)


def proposed_directory(db: Database, number: int) -> tuple[NetworkProposal, Directory]:
    """A proposal, and the directory that it describes. Raises NotProposedNetwork where there is none."""
    with db.read() as connection:
        proposal = proposals_in(connection).get(number)
        if proposal is None:
            raise NotProposedNetwork
        return proposal, parse_network(_text(connection, proposal), proposal.act.file)


def _text(connection: Connection, proposal: NetworkProposal) -> str:
    found = select(ProposedNetwork.document).where(ProposedNetwork.hash == proposal.act.hash)
    text: str = connection.execute(found).scalar_one()
    return text


def _in_force(connection: Connection) -> tuple[int, str]:
    """The number and the text of the edition in force; 0 before the first import."""
    newest = select(func.max(Network.edition)).scalar_subquery()
    row = connection.execute(select(Network.edition, Network.document).where(Network.edition == newest)).one_or_none()
    return (row.edition, row.document) if row is not None else (0, "")


def _person(connection: Connection, actor: str) -> str:
    """Who of the network an account is; empty where nobody said."""
    ours = Operator.operator_id == actor.removeprefix(OPERATOR_PREFIX)
    return connection.execute(select(Operator.person).where(ours)).scalar() or ""
