"""Every event of the trail has its sentence on the command line, in both languages."""

from typing import get_args

import pytest

from cli.event_sentences import SENTENCES, SETTLED
from notifiers.language import translator
from procedures.commands import DeliveryResult
from procedures.events import AnyEvent

KINDS = {event.model_fields["kind"].default for event in get_args(get_args(AnyEvent)[0])}


def test_every_event_has_a_sentence() -> None:
    assert set(SENTENCES) | {"alert_settled"} == KINDS
    assert set(SETTLED) == set(DeliveryResult)


@pytest.mark.parametrize("sentence", [*SENTENCES.values(), *SETTLED.values()])
def test_every_sentence_has_its_italian(sentence: str) -> None:
    assert translator("it", "cli").gettext(sentence) != sentence


def test_a_doubtful_delivery_says_that_it_is_uncertain() -> None:
    english = SENTENCES["delivery_uncertain"]
    assert "uncertain" in english
    assert "incerto" in translator("it", "cli").gettext(english)
