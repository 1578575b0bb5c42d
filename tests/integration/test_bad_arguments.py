"""Every command typed wrongly in every way that is known: one to three lines, the contract's exit code, no harm."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from cli.main import app
from models.columns import Base
from models.composition import open_house
from models.network import sample_network
from procedures.commands import AcceptHandoff, Road
from procedures.loading import SHIPPED
from tests.houses import CARRIERS, open_case
from tests.unit.badwords import (
    EVERY,
    FAILED,
    MAKES_A_HOUSE,
    NO_HOUSE,
    RIGHT,
    USAGE,
    WRONG,
    Trial,
    by_kind,
    is_flag,
    key_of,
    lay_out,
    params,
    rightly,
    trials,
)

pytestmark = pytest.mark.slow
RUNNER = CliRunner()
SECRETS = ("Giovanna",)


@dataclass(frozen=True)
class Here:
    """A house with one case, and the words that stand for what is in it."""

    data: Path
    words: Mapping[str, str]

    def counts(self) -> Mapping[str, int]:
        """How many rows there are in every table."""
        house = open_house(self.data, with_vault=False)
        try:
            with house.database.read() as connection:
                return {
                    name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                    for name, table in Base.metadata.tables.items()
                }
        finally:
            house.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    folder = tmp_path_factory.mktemp("badly")
    pathway = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
    words = dict(lay_out(folder / "files", sample_network(), pathway))
    data = folder / "data"
    data.mkdir()
    (data / "staffetta.toml").write_text(CARRIERS, encoding="utf-8")
    RUNNER.invoke(app, ["network", "import", words["FILE"], "--data", str(data)])
    RUNNER.invoke(app, ["user", "add", "operatrice", "--data", str(data)])
    house = open_house(data, with_vault=True)
    handled = house.handling.handle(open_case(house, drill=True))
    ref = next(iter(handled.state.handoffs))
    taken = {"id": house.ids.new_id(), "case_id": handled.state.case_id, "actor": "operator:1", "road": Road.DESK}
    house.handling.handle(AcceptHandoff.model_validate({**taken, "ref": ref}))
    house.close()
    words |= {"CODE": handled.state.code, "REF": ref}
    return Here(data, words)


def typed(here: Here, command: tuple[str, ...], trial: Trial, language: str) -> list[str]:
    """The words, with the house that they are about, before anything that waits for a value."""
    shared = ["--language", language, *(() if trial.only_usage else ("--data", str(here.data)))]
    return [*command, *shared, *(here.words.get(word, word) for word in trial.words[len(command) :])]


def check_said(words: list[str], code: int, *, as_json: bool = False) -> str:
    """What standard error says, once all is as it must be."""
    ran = RUNNER.invoke(app, words)
    shown = [word[:60] for word in words]
    lines = ran.stderr.strip().splitlines()
    assert ran.exit_code == code, (shown, ran.stdout[:200], ran.stderr)
    assert code in {0, 3} or ran.stdout == "", shown
    assert 1 <= len(lines) <= 3, (shown, ran.stderr)
    assert all(len(line) < 1500 for line in lines), shown
    assert "Traceback" not in ran.stderr
    assert "Something broke" not in ran.stderr, (shown, ran.stderr)
    assert "si è rotto" not in ran.stderr, (shown, ran.stderr)
    assert ran.stderr.replace("\n", "").isprintable(), shown
    assert not any(secret in ran.stderr for secret in SECRETS), shown
    if as_json and code not in {0, 3}:
        told = json.loads(ran.stderr)
        assert told["exit"] == code
        return str(told["message"])
    return ran.stderr


@pytest.mark.parametrize("words", sorted(EVERY), ids=" ".join)
def test_every_option_and_argument_has_wrong_values(words: tuple[str, ...]) -> None:
    for param in params(words):
        if is_flag(param) or key_of(param) == "--data":
            continue
        assert by_kind(param) or len(WRONG[key_of(param)]) >= 3, key_of(param)
        assert not param.required or key_of(param) in RIGHT


@pytest.mark.parametrize("words", sorted(EVERY), ids=" ".join)
def test_a_command_typed_wrongly_says_so_and_does_nothing(here: Here, words: tuple[str, ...]) -> None:
    before = here.counts()
    tried = 0
    for trial in trials(words):
        if words == ("serve",) and trial.code != USAGE and "--config" not in trial.words:
            continue
        english = check_said(typed(here, words, trial, "en"), trial.code)
        tried += 1
        if not trial.twice:
            continue
        as_json = typed(here, words, trial, "it")
        italian = check_said([*words, "--json", *as_json[len(words) :]], trial.code, as_json=True)
        assert english.strip() not in italian, trial.words
    assert tried >= 3
    assert here.counts() == before


@pytest.mark.parametrize("words", sorted(set(EVERY) - NO_HOUSE - MAKES_A_HOUSE), ids=" ".join)
def test_a_command_without_a_house_makes_none(tmp_path: Path, here: Here, words: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    given = [here.words.get(word, word) for word in (*words, *rightly(words))]
    for data in (tmp_path / "nowhere", tmp_path / "file", tmp_path / "file" / "below", Path("x" * 300)):
        expected = 3 if words == ("doctor",) else FAILED
        check_said([*given, "--data", str(data), "--language", "en"], expected)
        assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("noun", sorted({words[0] for words in EVERY if len(words) > 1}))
@pytest.mark.parametrize("verb", ["nonsense", "opne", "LIST", "", "\x1b[2J"])
def test_a_verb_that_is_none_is_wrong_usage(noun: str, verb: str) -> None:
    assert check_said([noun, verb, "--language", "en"], USAGE) != check_said([noun, verb, "--language", "it"], USAGE)


@pytest.mark.parametrize(
    "words", [["nonsense"], ["--nonsense"], ["-h"], ["\udcff"], ["case", "open", "--fact", "\udcff"]]
)
def test_what_is_no_command_is_wrong_usage(words: list[str]) -> None:
    check_said([*words, "--language", "en"], USAGE)
