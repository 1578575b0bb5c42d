"""Finding a case by the telephone of the person whom it is about.

Of a number only 32 bits of a keyed hash are kept, beside the keys of its case: without the key nobody can try all
numbers, and with a copy of the store nobody knows which number it was. Whatever has that mark is opened to see whether
it is the number; that is a look like any other: noted before, and only at what she may see.
"""

from collections.abc import Sequence

from sqlalchemy import select

from models.composition import House
from models.reach import EVERYTHING, reach_of
from models.reads import ReadKind, note_try, seen_case
from models.tables import Case
from models.telephones import numbers_in, telephones_of
from models.viewed import CaseRow
from procedures.errors import Refused, UnknownCase
from procedures.people import OPERATOR_PREFIX


class NoTelephone(Refused):
    """It is not one number. It is not repeated."""

    template = "This is no telephone number. Write one, such as 333 123 4567 or +39 333 123 4567."


class NoFinding(Refused):
    """The key for finding is not there."""

    template = "This house cannot find by telephone: find.key is missing. Tell whoever runs it."


def find_by_telephone(house: House, typed: str, by: str) -> Sequence[CaseRow]:
    """The cases that `by` (the actor) may see and whose person has this telephone, the newest first.

    Raises:
        NoTelephone: it is none, or more than one.
        NoFinding: the key is missing.
        StoreBusy, StoreFailed: a look could not be noted.
    """
    numbers = numbers_in(typed)
    if len(numbers) != 1:
        raise NoTelephone
    if not house.keyring.finds:
        raise NoFinding
    (number,) = numbers
    marked = house.keyring.store.marked(house.keyring.mark_of(number))
    has_account = by.startswith(OPERATOR_PREFIX)
    hers = reach_of(house, by) if has_account else EVERYTHING
    asked = select(Case.code).where(Case.case_id.in_(marked), Case.erased_at.is_(None)).order_by(Case.opened_at.desc())
    with house.database.read() as connection:
        every = connection.execute(asked).scalars().all()
        codes = connection.execute(hers.within(asked)).scalars().all()
    found = [row for code in codes if (row := _if_hers(house, code, number, by)) is not None]
    if has_account and not found:
        # Whether another has this number or nobody: one note, so that time says nothing.
        note_try(house, next(iter(every), ""), by)
    return found


def _if_hers(house: House, code: str, number: str, by: str) -> CaseRow | None:
    try:
        view = seen_case(house, code, by, ReadKind.FOUND)
    except UnknownCase:
        return None  # not hers to see, or erased meanwhile: nobody tells her which
    return view.row if number in telephones_of(view.person) else None
