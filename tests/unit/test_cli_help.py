"""Every command explains itself, with an example that is itself understood."""

import shlex
from collections.abc import Callable, Iterator

import pytest
import typer
from typer.testing import CliRunner

from cli.main import app

RUNNER = CliRunner()


def command_named(root: typer.Typer, words: tuple[str, ...]) -> Callable[..., object]:
    """The function behind these words."""
    for name in words[:-1]:
        root = next(one.typer_instance for one in root.registered_groups if one.typer_instance and one.name == name)
    found = next(command.callback for command in root.registered_commands if command.name == words[-1])
    assert found is not None
    return found


def commands(root: typer.Typer, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for command in root.registered_commands:
        yield (*above, str(command.name))
    for group in root.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, (*above, str(group.name)))


EVERY = sorted(commands(app))


def test_the_commands_of_the_contract_are_there() -> None:
    asked = {
        ("serve",),
        ("who-now",),
        ("doctor",),
        *(("case", verb) for verb in ("open", "list", "show", "trail", "cancel")),
        *(("handoff", verb) for verb in ("list", "accept", "decline", "complete")),
        *(("procedures", verb) for verb in ("check", "show", "test", "coverage")),
        *(("network", verb) for verb in ("import", "check", "export")),
        *(("audit", verb) for verb in ("verify", "export")),
        ("config", "show"),
    }
    assert asked <= set(EVERY)


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_ends_with_an_example_of_that_very_command(words: tuple[str, ...]) -> None:
    shown = RUNNER.invoke(app, [*words, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert shown.exit_code == 0
    example = shown.stdout.strip().splitlines()[-1].partition(": ")[2].strip()
    assert shlex.split(example)[: len(words) + 1] == ["staffetta", *words]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_can_speak_json(words: tuple[str, ...]) -> None:
    shown = RUNNER.invoke(app, [*words, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert "--json" in shown.stdout


def test_a_word_that_is_no_command_is_wrong_usage() -> None:
    assert RUNNER.invoke(app, ["case", "opne"]).exit_code == 2


def test_help_uses_no_colour_where_none_is_wanted() -> None:
    shown = RUNNER.invoke(app, ["--help"], env={"NO_COLOR": "1", "FORCE_COLOR": ""})
    assert "\x1b[3" not in shown.stdout
