"""What a caller hears when saving fails, against what is there."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from models.composition import House
from models.store_errors import StoreBusy, StoreFailed, StoreUnreachable
from procedures.commands import AcceptHandoff, AnyCommand, Road
from tests.trust.checks import Row
from tests.trust.report import RowResult

_quiet: list[bool] = []


@contextmanager
def calm() -> Iterator[None]:
    """No fault while somebody looks."""
    _quiet.append(True)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit[1], limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        _quiet.pop()


def is_calm() -> bool:
    """Whether somebody is looking."""
    return bool(_quiet)


class Outcome:
    """What callers heard, and what is there."""

    def __init__(self, house: House, *, unsure: bool = False) -> None:
        """`unsure`: where a line is cut, *not saved* may be wrong, as its words say; only asking again can tell."""
        self.house = house
        self.unsure = unsure
        self.tried = self.failed = 0
        self.half: list[str] = []
        """Commands whose caller heard *not saved* and that were saved, or the other way round."""
        self.strange: list[str] = []
        """What callers heard that is neither yes nor *not saved*."""

    def ask(self, command: AnyCommand) -> bool:
        """Ask once, and look whether what was heard is what is there."""
        self.tried += 1
        try:
            self.house.handling.handle(command)
            heard = True
        except (StoreBusy, StoreFailed) as error:
            self.failed += 1
            heard = False
            if self.unsure and isinstance(error, StoreUnreachable):
                return False
        except Exception as error:  # noqa: BLE001 - that is the finding
            self.strange.append(type(error).__name__)
            heard = False
        with calm():
            kept = self._is_kept(command)
        if kept is not heard:
            self.half.append(command.id)
        return heard

    def _is_kept(self, command: AnyCommand) -> bool:
        for _look in range(100):
            try:
                with self.house.database.read() as connection:
                    found = connection.execute(text("SELECT 1 FROM commands WHERE id = :id"), {"id": command.id})
                    return found.first() is not None
            except StoreUnreachable:
                time.sleep(0.1)  # the server is on its way back
        raise StoreUnreachable

    def until_saved(self, command: AnyCommand) -> None:
        """As people do: again, under the same id, until it is saved."""
        for _try in range(20):
            if self.ask(command):
                return
        self.strange.append("never saved")

    def results(self, row: Row, name: str) -> list[RowResult]:
        """As lines."""
        figures = f"{self.failed} times not saved"
        idle = [] if self.failed or self.unsure else ["the fault was never met"]
        return [
            row.result(f"{name}: told not saved is not saved, told saved is", self.tried, self.half, figures),
            row.result(f"{name}: nothing else is told than saved or not saved", self.tried, [*self.strange, *idle]),
        ]


def answered(house: House, opened: Any) -> AnyCommand:
    """Somebody takes the first handoff of this case."""
    (ref,) = list(opened.handoffs)[:1]
    return AcceptHandoff(id=house.ids.new_id(), case_id=opened.case_id, actor="person:trust", road=Road.LINK, ref=ref)
