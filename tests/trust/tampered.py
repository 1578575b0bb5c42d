"""Twelve kinds of tampering, each done as somebody would who has files and keys, and knows how the house is made."""
# ruff: noqa: S608  # sentences of ours, about tables and ids of ours

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, create_engine, delete, insert, select, text, update

from models.adding_accounts import add_operator
from models.clock import SetClock
from models.columns import Base
from models.composition import House, open_house
from models.projecting import case_row, handoff_row, run_row
from models.reads import ReadKind, note_reads
from models.recording import event_hash, read_events
from models.rootkeys import RootKey, root_key
from models.roots import Root, RootMaker, signed_text
from models.store import seal_state
from models.tables import Case, EventRecord
from procedures.commands import AcceptHandoff, CompleteHandoff
from procedures.evolving import replay
from procedures.people import Role
from tests.houses import CARRIERS, START, Told, only_handoff

OF_A_CASE = ("links", "deliveries", "handoffs", "runs", "commands", "events", "cases")
"""Children first."""
GUARDED = ("events", "acts", "person_acts", "reads", "roots", "root_heads", "anchors")
LATER = START + timedelta(hours=1)


@dataclass(frozen=True)
class Furnished:
    """A house at two moments, and the roots that were told outside."""

    now: Path
    older: Path
    anchors: Sequence[Root]


def furnished(folder: Path, cases: int = 4) -> Furnished:
    """Cases at work, roots, and a copy from before the last of them."""
    told = Told(folder / "now", CARRIERS)
    key = root_key(told.house.settings.key_folder, may_make=True)
    add_operator(told.house.database, "olga", frozenset({Role.OPERATOR}), START, "shell")
    refs = []
    for _case in range(cases):
        refs.append((only_handoff(told.opened()).ref, told.case_id))
        told.sent()
        note_reads(told.house.database, [told.case_id], "operator:1", ReadKind.CASE, told.clock.now())
    roots = [RootMaker(told.house.database, key).make(told.clock.now())]
    told.close()
    shutil.copytree(folder / "now", folder / "older")
    told.clock = SetClock(LATER)
    told.house = open_house(folder / "now", with_vault=True, clock=told.clock)
    for ref, case_id in refs:
        told.case_id = case_id
        told.say(AcceptHandoff, ref=ref)
        told.say(CompleteHandoff, ref=ref, result="housed", evidence={"place_confirmed_at": "2026-11-24T20:30"})
        told.sent()
        note_reads(told.house.database, [case_id], "operator:2", ReadKind.CASE, told.clock.now())
        roots.append(RootMaker(told.house.database, key).make(told.clock.now()))
    told.close()
    return Furnished(folder / "now", folder / "older", [root for root in roots if root is not None])


@dataclass
class Hand:
    """Somebody at work in the files of a house."""

    house: House
    connection: Connection
    older: Path
    chance: random.Random
    turn: int = 0
    """How often this kind was done before: each way of it has its turn, however seldom it is done."""

    def a_case(self) -> Any:
        """One of them."""
        return self.chance.choice(self.connection.execute(select(Case.__table__).order_by(Case.case_id)).all())

    def events(self, case_id: str) -> list[dict[str, Any]]:
        """Its trail."""
        query = select(EventRecord.__table__).where(EventRecord.case_id == case_id).order_by(EventRecord.seq)
        return [dict(row._mapping) for row in self.connection.execute(query)]

    def put(
        self,
        case_id: str,
        rows: Sequence[dict[str, Any]],
        hashed: Callable[[Mapping[str, Any]], str] = event_hash,
    ) -> None:
        """Another trail in its place, whose hashes are right, and the case's row made to fit."""
        before = "0" * 64
        for seq, row in enumerate(rows, start=1):
            row |= {"seq": seq, "prev_hash": before}
            before = row["hash"] = hashed(row)
        self.connection.execute(delete(EventRecord).where(EventRecord.case_id == case_id))
        self.connection.execute(insert(EventRecord), list(rows))
        ours = update(Case).where(Case.case_id == case_id)
        self.connection.execute(ours.values(version=len(rows), head_hash=before))

    def remove(self, case_id: str) -> None:
        """Everything of a case."""
        for name in OF_A_CASE:
            table = Base.metadata.tables[name]
            self.connection.execute(delete(table).where(table.c.case_id == case_id))

    def sql(self, statement: str) -> None:
        """Whatever it is."""
        self.connection.execute(text(statement))

    def roots_anew(self) -> None:
        """No root is left: whoever holds the key makes others."""
        for name in ("anchors", "root_heads", "roots"):
            self.sql(f"DELETE FROM {name}")
        self.sql(f"UPDATE act_heads SET seq = 0, hash = '{'0' * 64}' WHERE name = 'roots'")


Where = tuple[str, int | None]
"""The code of the case (or its id, where it is gone), and the number; empty where it shows in the house's own."""


def altered(hand: Hand) -> Where:
    case = hand.a_case()
    seq = hand.chance.randint(1, case.version)
    what = hand.chance.choice(["actor = 'operator:somebody'", "at = '2026-11-24 19:00:00.000000'", "command_id = 'x'"])
    hand.sql(f"UPDATE events SET {what} WHERE case_id = '{case.case_id}' AND seq = {seq}")
    return case.code, seq


def removed(hand: Hand) -> Where:
    case = hand.a_case()
    seq = hand.chance.randint(1, case.version - 1)
    hand.sql(f"DELETE FROM events WHERE case_id = '{case.case_id}' AND seq = {seq}")
    return case.code, seq


def cut(hand: Hand) -> Where:
    """The last events gone, and everything that follows from the trail made anew with the house's own keys."""
    case = hand.a_case()
    left = hand.chance.randint(3, case.version - 1)
    recorded = list(read_events(hand.connection, hand.house.keyring, case.case_id, last=left))
    state = replay(one.event for one in recorded)
    rows = hand.events(case.case_id)[:left]
    alerts = {one.event.alert_id for one in recorded if one.event.kind == "alert_queued"}
    kept = select(Base.metadata.tables["deliveries"]).where(
        Base.metadata.tables["deliveries"].c.case_id == case.case_id
    )
    deliveries = [row for row in hand.connection.execute(kept).mappings() if row["alert_id"] in alerts]
    hand.remove(case.case_id)
    row = {**case_row(state), "sealed_state": seal_state(hand.house.keyring, state), "head_hash": rows[-1]["hash"]}
    hand.connection.execute(insert(Case), [row])
    hand.connection.execute(insert(EventRecord), rows)
    runs = [{**run_row(state, run), "last_seq": left} for run in state.runs.values()]
    made: dict[str, Sequence[Mapping[Any, Any]]] = {
        "runs": runs,
        "handoffs": [handoff_row(state, one) for one in state.handoffs.values()],
    }
    for name, some in {**made, "deliveries": deliveries}.items():
        if some:
            hand.connection.execute(insert(Base.metadata.tables[name]), [dict(one) for one in some])
    return case.code, None


def inserted(hand: Hand) -> Where:
    case = hand.a_case()
    rows = hand.events(case.case_id)
    place = hand.chance.randrange(1, len(rows))
    hand.put(case.case_id, [*rows[:place], dict(rows[place]), *rows[place:]])
    return case.code, None


def swapped(hand: Hand) -> Where:
    case = hand.a_case()
    rows = hand.events(case.case_id)
    place = hand.chance.randrange(1, len(rows) - 1)
    hand.put(case.case_id, [*rows[:place], rows[place + 1], rows[place], *rows[place + 2 :]])
    return case.code, None


def rewritten(hand: Hand) -> Where:
    """Somebody else did it, the whole trail says, and every hash is right."""
    case = hand.a_case()
    rows = hand.events(case.case_id)
    for row in hand.chance.sample(rows, 2):
        row["actor"] = "person:somebody_else"
    hand.put(case.case_id, rows)
    return case.code, None


def case_removed(hand: Hand) -> Where:
    case = hand.a_case()
    hand.remove(case.case_id)
    return case.case_id, None


def case_rolled_back(hand: Hand) -> Where:
    case = hand.a_case()
    hand.remove(case.case_id)
    older = create_engine(f"sqlite:///{hand.older / 'staffetta.sqlite'}")
    with older.connect() as before:
        for name in reversed(OF_A_CASE):
            table = Table(name, MetaData(), autoload_with=older)
            rows = before.execute(select(table).where(table.c.case_id == case.case_id)).mappings().all()
            if rows:
                hand.connection.execute(insert(table), [dict(row) for row in rows])
    older.dispose()
    return case.code, None


def projected(hand: Hand) -> Where:
    case = hand.a_case()
    ours = f"WHERE case_id = '{case.case_id}'"
    statement = hand.chance.choice(
        [
            f"UPDATE handoffs SET state = 'declined' {ours}",
            f"UPDATE runs SET outcome = 'somewhere_else' {ours}",
            f"UPDATE cases SET drill = NOT drill {ours}",
            f"UPDATE cases SET status = 'cancelled' {ours}",
            f"UPDATE cases SET sealed_state = (SELECT sealed_routing FROM events {ours} AND seq = 1) {ours}",
            f"UPDATE deliveries SET alert_id = 'another' {ours}",
            f"DELETE FROM handoffs {ours}",
        ]
    )
    hand.sql(statement)
    return case.code, None


def acted(hand: Hand) -> Where:
    """Of a read that is removed the end of its chain is made to fit."""
    last = "(SELECT max(seq) FROM reads)"
    fit = "UPDATE act_heads SET seq = (SELECT max(seq) FROM reads), "
    fit += f"hash = (SELECT hash FROM reads WHERE seq = {last}) WHERE name = 'reads'"
    statements: Sequence[str] = hand.chance.choice(
        [
            ["UPDATE acts SET actor = 'operator:x' WHERE seq = 2"],
            ['UPDATE person_acts SET payload = \'{"roles":["administrator"]}\' WHERE seq = 1'],
            ["UPDATE operators SET roles = 'administrator coordinator operator'"],
            ["DELETE FROM reads WHERE seq = 2"],
            [f"DELETE FROM reads WHERE seq = {last}", fit],
        ]
    )
    for statement in statements:
        hand.sql(statement)
    return "", None


def rooted(hand: Hand) -> Where:
    number = hand.chance.randint(1, 4)
    match hand.turn % 4:
        case 1:
            what = hand.chance.choice(["entries = entries - 1", "at = '2026-11-24 19:00:00.000000'", "chains = 2"])
            hand.sql(f"UPDATE roots SET {what} WHERE seq = {number}")
        case 2:
            hand.sql(f"UPDATE root_heads SET hash = '{'1' * 64}' WHERE root = {number}")
        case 3:
            hand.sql(f"DELETE FROM root_heads WHERE root = {number}")
            hand.sql(f"DELETE FROM roots WHERE seq = {number}")
        case _:
            _sign_anew(hand, number)
    return "", number


def _sign_anew(hand: Hand, number: int) -> None:
    key = RootKey(hand.chance.randbytes(32))
    roots = Base.metadata.tables["roots"]
    row = hand.connection.execute(select(roots).where(roots.c.seq == number)).one()
    signature = key.sign(signed_text(row.seq, row.entries, row.at, row.hash))
    hand.connection.execute(update(roots).where(roots.c.seq == number).values(signature=signature))


WAYS: Mapping[str, Callable[[Hand], Where]] = {
    "an event altered": altered,
    "an event removed in the middle": removed,
    "the end cut and the case's row made to fit": cut,
    "an event inserted": inserted,
    "two events swapped": swapped,
    "a whole chain rewritten with right hashes": rewritten,
    "a case removed whole": case_removed,
    "a case put back as it was": case_rolled_back,
    "a state or projection altered": projected,
    "an act, a role or a read altered or removed": acted,
    "a root altered, removed or signed anew": rooted,
}
ROLLED_BACK = "the whole house put back as it was"
KINDS = (*WAYS, ROLLED_BACK)
FITTED = frozenset(
    {
        "the end cut and the case's row made to fit",
        "a whole chain rewritten with right hashes",
        "a case removed whole",
        "a case put back as it was",
    }
)
"""Of these nothing but roots tells, so whoever holds the key makes other roots, too: then the anchors alone tell."""


@dataclass(frozen=True)
class Done:
    """A house that was tampered with."""

    house: House
    where: Where
    unseen_inside: bool
    """Whether nothing in the house itself can show it."""


def tamper(
    kind: str, made: Furnished, target: Path, chance: random.Random, *, turn: int, roots_too: bool = False
) -> Done:
    """A copy of the house in `target`, tampered with for the `turn`-th time. Close it when done."""
    rolled_back = kind == ROLLED_BACK
    shutil.copytree(made.older if rolled_back else made.now, target)
    house = open_house(target, with_vault=True, clock=SetClock(LATER))
    if rolled_back:
        return Done(house, ("", None), unseen_inside=True)
    with house.database.write() as connection:
        for table in GUARDED:
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
        hand = Hand(house, connection, made.older, chance, turn)
        where = WAYS[kind](hand)
        if roots_too:
            hand.roots_anew()
    if roots_too:
        RootMaker(house.database, root_key(house.settings.key_folder, may_make=False)).make(LATER)
    return Done(house, where, unseen_inside=roots_too)
