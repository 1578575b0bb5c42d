"""A NUL in an address is no text to PostgreSQL: it leads nowhere, on either database, and is no failure of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.apihouse import Caller, caller
from tests.integration.webhouse import SETTINGS, WebHouse, web_house


@pytest.fixture
def desk(tmp_path: Path, database_settings: str) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data", settings=SETTINGS + database_settings) as house:
        yield house


@pytest.mark.parametrize("path", ["/cases/%00", "/cases/C-0000-%000", "/h/%00", "/nowhere/%00"])
def test_an_address_with_a_nul_is_one_that_nobody_knows(desk: WebHouse, path: str) -> None:
    assert desk.operator().get(path).status_code == 404


def test_a_nul_in_a_question_is_left_out(desk: WebHouse) -> None:
    assert desk.operator().get("/?seen=%00").status_code == 200


def test_a_program_is_told_that_there_is_no_such_case(desk: WebHouse) -> None:
    program: Caller = caller(desk)
    assert program.get("/cases/%00").status_code == 404
