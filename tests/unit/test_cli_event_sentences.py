"""Every event of the trail has its sentence on the command line, in both languages."""

from typing import get_args

import pytest

from cli.event_sentences import SENTENCES, SETTLED, UNMOVED, Teller
from cli.naming import Names
from notifiers.language import translator
from procedures.commands import DeliveryResult
from procedures.events import AlertPurpose, AnyEvent, HandoffGivenToColleague, LimitMoved
from tests.making import START, directory, library

KINDS = {event.model_fields["kind"].default for event in get_args(get_args(AnyEvent)[0])}


def test_every_event_has_a_sentence() -> None:
    assert set(SENTENCES) | {"alert_settled"} == KINDS
    assert set(SETTLED) == set(DeliveryResult)


@pytest.mark.parametrize("sentence", [*SENTENCES.values(), *SETTLED.values(), *UNMOVED.values()])
def test_every_sentence_has_its_italian(sentence: str) -> None:
    assert translator("it", "cli").gettext(sentence) != sentence


def test_every_purpose_of_a_message_has_its_italian() -> None:
    italian = translator("it", "cli").gettext
    words = [purpose.value.replace("_", " ") for purpose in AlertPurpose]
    assert [word for word in words if italian(word) == word] == []


def test_what_stands_in_a_sentence_is_known_where_a_colleague_is_alerted() -> None:
    teller = Teller(Names(directory=directory(), library=library()), [], [])
    given = HandoffGivenToColleague(at=START, ref="R", actor="person:ascolto_ref", colleague="ascolto_dep")
    assert teller.said(given) == "R: viene avvisata anche un\u2019altra persona del servizio."
    assert "ascolto" not in teller.said(given)


def test_a_doubtful_delivery_says_that_it_is_uncertain() -> None:
    english = SENTENCES["delivery_uncertain"]
    assert "uncertain" in english
    assert "incerto" in translator("it", "cli").gettext(english)


def test_a_limit_that_moved_without_changing_what_counts_is_not_said_to_move_from_the_same_to_the_same() -> None:
    teller = Teller(Names(directory=directory(), library=library()), [], [])
    stays = LimitMoved(at=START, ref="R", old_at=START, new_at=START, limits=())
    moves = LimitMoved(at=START, ref="R", old_at=None, new_at=START, limits=())
    assert "resta quello che conta" in teller.said(stays)
    assert "prima:" not in teller.said(stays)
    assert "(prima: nessun termine)" in teller.said(moves)
