import sys

import pytest

from cli.speech import VARIABLE, _, follow_settings, language, speaking


@pytest.fixture(autouse=True)
def _nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["staffetta", "case", "list"])
    monkeypatch.delenv(VARIABLE, raising=False)


def test_italian_where_nobody_asks() -> None:
    assert language() == "it"
    assert _("No case is open.") == "Nessun caso è aperto."


def test_the_command_line_is_listened_to_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["staffetta", "--help", "--language=en"])
    assert language() == "en"
    monkeypatch.setattr(sys, "argv", ["staffetta", "case", "list", "--language", "en"])
    assert language() == "en"


def test_the_environment_stands_above_the_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(None):
        follow_settings("en")
        assert language() == "en"
        monkeypatch.setenv(VARIABLE, "it")
        assert language() == "it"
        with speaking("en"):
            assert language() == "en"


def test_what_one_command_was_asked_is_forgotten_by_the_next() -> None:
    with speaking("en"):
        follow_settings("en")
    assert language() == "it"


def test_a_language_that_we_do_not_speak_is_italian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "fr")
    assert language() == "it"
