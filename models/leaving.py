"""After the network's file changed: whoever is in it no more loses her links, and what stood with her is passed on."""

from collections.abc import Iterator

from sqlalchemy import select

from models.composition import House
from models.network import current_directory
from models.tables import Case, LinkRecord
from procedures.case import CaseStatus
from procedures.commands import PeopleLeft, Road
from procedures.errors import Refused


def pass_on_what_was_theirs(house: House, by: str) -> int:
    """In each open case in which an open link is of somebody who left: ask others. In how many cases it was so.

    `by` is the actor who imports.

    It may be done again: what was passed on once is not passed on twice.

    Raises:
        StoreBusy, StoreFailed: not all of it was saved. The import stands; do it again.
    """
    cases = list(_cases(house))
    for case_id in cases:
        asked = {"id": house.ids.new_id(), "case_id": case_id, "actor": by, "road": Road.CLI}
        try:
            house.handling.handle(PeopleLeft.model_validate(asked))
        except Refused:
            continue  # it was closed meanwhile: nobody has to do anything more
    return len(cases)


def _cases(house: House) -> Iterator[str]:
    people = current_directory(house.database).people
    live = select(LinkRecord.person, LinkRecord.case_id).join(Case, Case.case_id == LinkRecord.case_id)
    live = live.where(LinkRecord.closed_at.is_(None), Case.status == CaseStatus.OPEN.value).distinct()
    with house.database.read() as connection:
        rows = connection.execute(live).all()
    yield from dict.fromkeys(row.case_id for row in rows if row.person not in people)
