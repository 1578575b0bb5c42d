"""What comes together shares one commit, and the failure of one is its asker's alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.recorded import Handled
from models.trail import verify
from models.views import case_id_of
from procedures.errors import Refused, UnknownCase
from tests.houses import CARRIERS, Told, open_case


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


def test_one_that_is_refused_changes_nothing_and_keeps_no_other_from_being_done(told: Told) -> None:
    commands = [open_case(told.house), open_case(told.house, pathway="nowhere"), open_case(told.house)]
    first, refused, last = told.house.handling.handle_all(commands)
    assert isinstance(first, Handled)
    assert isinstance(refused, Refused)
    assert isinstance(last, Handled)
    assert not first.repeated
    assert not last.repeated
    with pytest.raises(UnknownCase):
        case_id_of(told.house.database, commands[1].code)
    found = verify(told.house.database, told.house.keyring)
    assert (found.sound, found.cases) == (True, 2)
    assert len(told.sent()) == 2


def test_those_of_which_none_fails_are_all_done(told: Told) -> None:
    done = told.house.handling.handle_all([open_case(told.house) for _ in range(5)])
    assert all(isinstance(one, Handled) and not one.repeated for one in done)
    assert verify(told.house.database, told.house.keyring).cases == 5
