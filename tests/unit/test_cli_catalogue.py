"""The help of each command is the first line of its docstring: it exists in Italian too."""

import pytest

from cli.main import app
from notifiers.language import translator
from tests.unit.test_catalogues import catalogue, marked_sentences, templates
from tests.unit.test_cli_help import EVERY, command_named


def helps() -> set[str]:
    return {(command_named(app, words).__doc__ or "").partition("\n")[0] for words in EVERY}


@pytest.mark.parametrize("sentence", sorted(helps()))
def test_the_help_of_a_command_exists_in_italian(sentence: str) -> None:
    assert translator("it", "cli").gettext(sentence) != sentence


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    kept = {str(entry.id) for entry in catalogue("cli") if entry.id}
    assert sorted(kept - helps() - set(marked_sentences("cli")) - set(templates("cli"))) == []
