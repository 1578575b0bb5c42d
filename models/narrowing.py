"""Which of the open cases a board shows, where somebody wants to see a part of them: what holds in the database."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, and_, bindparam, case, false, func, or_, select, true

from models.reach import opened_by_or_given_to
from models.tables import Case
from procedures.case import UNANSWERED_STATES, PartyKind

UNANSWERED = tuple(sorted(state.value for state in UNANSWERED_STATES))


class Waits(StrEnum):
    """What a case waits for."""

    ANSWER = "answer"
    """Somebody was asked, and has neither taken it nor let its time pass."""
    RESULT = "result"
    """Somebody took it on."""
    COORDINATOR = "coordinator"
    """Nobody took it in time: it stands before the coordinator."""
    CONSENT = "consent"
    """Nothing runs: her consent is waited for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the words that were searched for mean. A case is found by its code, or where one of the others is open."""

    code: str = ""
    """A part of the code of a case."""
    parties: frozenset[str] = frozenset()
    """Services, coordinators and desks."""
    steps: frozenset[tuple[str, str]] = frozenset()
    """Steps, each as its pathway and its name."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What has to hold, all of it; what is empty asks for nothing."""

    late_at: datetime | None = None
    """Only what is late at this moment."""
    service: str = ""
    """Who holds it."""
    pathway: str = ""
    waits: Waits | None = None
    account: str = ""
    """Cases that this account opened, or that were given to it."""
    cases: frozenset[str] | None = None
    """Only these, whatever their states said."""
    found: Found | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every open case is meant."""
        return self == EVERY

    @property
    def of_running(self) -> bool:
        """Whether something is asked of what runs, so that a case in which nothing does is not meant."""
        by_words = self.found is not None and not self.found.code
        running = self.waits not in {None, Waits.CONSENT}
        return bool(self.late_at or self.service or self.pathway or running or by_words)

    @property
    def of_still(self) -> bool:
        """Whether only cases in which nothing runs are meant."""
        return self.waits is Waits.CONSENT


EVERY = Narrow()


def of_handoff(narrow: Narrow, table: Any) -> ColumnElement[bool]:
    """What holds for a handoff in `table`, which may be an alias."""
    return and_(true(), *_of_handoff(narrow, table))


def _of_handoff(narrow: Narrow, table: Any) -> Iterator[ColumnElement[bool]]:
    if narrow.late_at is not None:
        yield or_(table.overdue.is_(True), table.due_at <= narrow.late_at)
    if narrow.service:
        yield and_(table.owner_kind == PartyKind.SERVICE.value, table.owner_id == narrow.service)
    if narrow.pathway:
        yield table.pathway == narrow.pathway
    if narrow.waits is Waits.ANSWER:
        yield and_(table.state.in_(UNANSWERED), _before_coordinator(table) == 0)
    if narrow.waits is Waits.RESULT:
        yield table.accepted_at.is_not(None)
    if narrow.waits is Waits.COORDINATOR:
        yield _before_coordinator(table) == 1
    if narrow.found is not None and not narrow.found.code:
        yield _by_words(narrow.found, table)


def _before_coordinator(table: Any) -> ColumnElement[int]:
    """Whether it stands there, 1 or 0. Not the column alone: SQLite would look for all that do, for each case anew."""
    return case((table.overdue, 1), else_=0)


def _by_words(found: Found, table: Any) -> ColumnElement[bool]:
    by_pathway: dict[str, list[str]] = {}
    for pathway, step in sorted(found.steps):
        by_pathway.setdefault(pathway, []).append(step)
    steps = [and_(table.pathway == pathway, table.step.in_(names)) for pathway, names in by_pathway.items()]
    return or_(false(), table.owner_id.in_(sorted(found.parties)), *steps)


def of_case(narrow: Narrow, connection: Connection) -> ColumnElement[bool]:
    """What holds for a case."""
    conditions: list[ColumnElement[bool]] = [true()]
    if narrow.account:
        conditions.append(opened_by_or_given_to(narrow.account))
    if narrow.cases is not None:
        conditions.append(_among(narrow.cases, connection))
    if narrow.found is not None and narrow.found.code:
        conditions.append(Case.code.contains(narrow.found.code, autoescape=True))
    return and_(*conditions)


def _among(cases: Collection[str], connection: Connection) -> ColumnElement[bool]:
    """Of these, sent as one value: thousands of them would be thousands of parameters."""
    ids = bindparam("among", sorted(cases), type_=JSON())
    each = func.json_each(ids) if connection.dialect.name == "sqlite" else func.json_array_elements_text(ids)
    return Case.case_id.in_(select(each.table_valued("value").c.value))
