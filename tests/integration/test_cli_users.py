"""The accounts of the desk on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from models.accounts import FIRST_OPERATOR, ensure_first_operator, sign_in, signed_in
from models.composition import House, open_house
from models.network import sample_network
from tests.signing import Telephones


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["user", *words, "--data", str(data), "--language", "en"])


def opened(data: Path) -> House:
    return open_house(data, with_vault=False)


def signed_in_operator(data: Path) -> str:
    """The token of somebody who just signed in."""
    house = open_house(data, with_vault=True)
    password = ensure_first_operator(house.database, house.clock.now())
    assert password is not None
    token = Telephones().token(house, FIRST_OPERATOR, password, house.clock.now())
    house.close()
    assert token is not None
    return token


def is_good(data: Path, token: str) -> bool:
    house = opened(data)
    found = signed_in(house.database, token, house.clock.now())
    house.close()
    return found is not None


def test_before_the_first_start_there_is_no_account(data: Path) -> None:
    ran = run(data, "list")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "staffetta serve" in ran.stderr


def test_the_list_names_the_account_and_its_sign_ins(data: Path) -> None:
    signed_in_operator(data)
    (row,) = json.loads(run(data, "list", "--json").stdout)
    assert (row["name"], row["open_sign_ins"]) == (FIRST_OPERATOR, 1)
    assert FIRST_OPERATOR in run(data, "list").stdout


def test_a_new_password_is_shown_once_and_opens_the_door(data: Path) -> None:
    token = signed_in_operator(data)
    ran = run(data, "reset-password", FIRST_OPERATOR)
    assert ran.exit_code == 0, ran.stderr
    assert not is_good(data, token)
    house = opened(data)
    assert sign_in(house.database, FIRST_OPERATOR, ran.stdout.strip(), house.clock.now()) is not None
    house.close()


def test_signing_somebody_out_ends_every_sign_in(data: Path) -> None:
    token = signed_in_operator(data)
    assert json.loads(run(data, "sign-out", FIRST_OPERATOR, "--json").stdout) == {"account": FIRST_OPERATOR, "ended": 1}
    assert not is_good(data, token)


@pytest.mark.parametrize("verb", ["reset-password", "sign-out"])
def test_an_unknown_account_is_told_with_where_to_look(data: Path, verb: str) -> None:
    ran = run(data, verb, "nobody")
    assert ran.exit_code == 4
    assert "user list" in ran.stderr


def accounts_examined(data: Path) -> str:
    """What the doctor says of the accounts."""
    found = CliRunner().invoke(app, ["doctor", "--json", "--data", str(data), "--language", "en"])
    return next(str(one["said"]) for one in json.loads(found.stdout) if one["what"] == "accounts")


def test_the_doctor_names_who_is_of_a_service_and_tied_to_nobody(data: Path, tmp_path: Path) -> None:
    network = tmp_path / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    CliRunner().invoke(app, ["network", "import", str(network), "--data", str(data)])
    run(data, "add", "anna", "--role", "service_member")
    assert "anna. See `staffetta user tie`" in accounts_examined(data)
    assert run(data, "tie", "anna", "olga").exit_code == 0
    assert "anna" not in accounts_examined(data)


def test_the_doctor_names_whose_account_may_change_unheard(data: Path, tmp_path: Path) -> None:
    network = tmp_path / "network.yaml"
    network.write_text(sample_network(), encoding="utf-8")
    CliRunner().invoke(app, ["network", "import", str(network), "--data", str(data)])
    run(data, "add", "anna", "--role", "operator")
    assert "with a mail address: anna" in accounts_examined(data)
    run(data, "tie", "anna", "tina")
    assert "with a mail address: anna" in accounts_examined(data), "Tina has a telephone alone"
    run(data, "tie", "anna", "olga")
    assert "anna" not in accounts_examined(data)
