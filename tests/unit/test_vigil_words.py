"""What the watcher writes: within one SMS, in both languages, and with whatever a house can say of itself."""

from datetime import UTC, datetime

import pytest

from notifiers.gsm import SEGMENT, septets
from notifiers.vigil_words import FAULTS, word_for, word_for_trying
from procedures.vigil import Seen, Sight, Telling, Word
from tests.unit.test_catalogues import catalogue

SINCE = datetime(2026, 11, 24, 2, 10, tzinfo=UTC)
SIGHTS = [Sight(Seen.SILENT), Sight(Seen.STRANGE), *(Sight(Seen.TROUBLED, (one,)) for one in FAULTS)]
WORDS = [*(Word(Telling.TROUBLE, SINCE, sight) for sight in SIGHTS), Word(Telling.BACK, SINCE, Sight(Seen.WELL))]
HOUSE = "staffetta.example.org"


@pytest.mark.parametrize("word", WORDS, ids=lambda word: f"{word.telling}-{word.sight.seen}-{word.sight.faults}")
@pytest.mark.parametrize("language", ["it", "en"])
def test_an_sms_is_one_segment(word: Word, language: str) -> None:
    assert septets(word_for(word, HOUSE, channel="sms", language=language).body) <= SEGMENT


def test_a_mail_says_since_when_and_what_to_do() -> None:
    text = word_for(WORDS[0], HOUSE, channel="email", language="it")
    assert text.subject == "Staffetta: il sistema di staffetta.example.org ha bisogno di Lei"
    assert "martedì 24 novembre 2026, ore 03:10" in text.body
    assert "Telefonare ai servizi" in text.body


def test_every_fault_has_its_words_in_italian() -> None:
    said = {str(entry.id) for entry in catalogue("notifiers") if entry.id and entry.string}
    assert set(FAULTS.values()) <= said


def test_a_fault_of_a_newer_house_is_named_as_it_is() -> None:
    word = Word(Telling.TROUBLE, SINCE, Sight(Seen.TROUBLED, ("tomorrow",)))
    assert "tomorrow" in word_for(word, HOUSE, channel="email", language="it").body


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_test_says_that_it_is_one(channel: str) -> None:
    assert "prova" in word_for_trying(HOUSE, channel=channel, language="it").body
