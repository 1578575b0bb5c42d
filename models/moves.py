"""Running pathways that could go by another edition: which there are, and what a move would do to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from models.composition import House
from models.reach import EVERYTHING, Reach
from models.store import load
from models.tables import Case, Run
from procedures.case import CaseState
from procedures.commands import MovePathway, MoveReason, Road
from procedures.errors import UnknownPathway
from procedures.previewing import Preview, preview
from procedures.schema import Pathway


@dataclass(frozen=True, slots=True)
class CasePreview:
    """What a move would do in one case."""

    code: str
    case_id: str
    state: CaseState
    preview: Preview


def in_force(house: House, pathway: str) -> Pathway:
    """The edition of this pathway that is in force. Raises UnknownPathway."""
    current = house.procedures.library().current
    if pathway not in current:
        raise UnknownPathway(pathway=pathway, known=", ".join(sorted(current)))
    return current[pathway]


def count_otherwise(house: House, pathway: str, *, reach: Reach = EVERYTHING) -> int:
    """How many pathways of this name run by another text than the one in force, of `reach`. Raises UnknownPathway."""
    text = in_force(house, pathway).content_hash
    query = select(func.count()).where(Run.pathway == pathway, Run.ended_at.is_(None), Run.content_hash != text)
    if reach.condition is not None:
        query = query.where(Run.case_id.in_(reach.within(select(Case.case_id))))
    with house.database.read() as connection:
        return connection.execute(query).scalar_one()


def previews(
    house: House, pathway: str, code: str | None = None, *, reach: Reach = EVERYTHING
) -> Sequence[CasePreview]:
    """Every running pathway of this name that goes by another text than the one in force, oldest first; of one case.

    Within `reach` alone.

    Raises:
        UnknownPathway: no text of this name is in force.
    """
    new = in_force(house, pathway)
    query: Select[*tuple[Any, ...]] = (
        select(Run.run_id, Case.case_id, Case.code)
        .join(Case, Case.case_id == Run.case_id)
        .where(Run.pathway == pathway, Run.ended_at.is_(None), Run.content_hash != new.content_hash)
        .order_by(Run.started_at, Run.run_id)
    )
    if code is not None:
        query = query.where(Case.code == code)
    query = reach.within(query)
    with house.database.read() as connection:
        rows = connection.execute(query).all()
        states = {row.case_id: load(connection, house.keyring, row.case_id).state for row in rows}
    library, directory = house.procedures.library(), house.procedures.directory()
    found = []
    for row in rows:
        state = states[row.case_id]
        asked = {"id": house.ids.new_id(), "case_id": row.case_id, "actor": "operator:preview", "road": Road.DESK}
        command = MovePathway(**asked, run=row.run_id, edition=new.edition, reason=MoveReason.PROCEDURE_CHANGED.value)
        shown = preview(state, library, directory, command, house.clock.now())
        found.append(CasePreview(row.code, row.case_id, state, shown))
    return found
