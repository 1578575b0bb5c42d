"""What somebody wrote is an answer only where it can mean nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.incoming.answer_words import ACCEPT, ACCEPTED, DECLINE, DECLINED, POLITE, answer_in


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", ACCEPT),
        ("  1. ", ACCEPT),
        ("Accetto", ACCEPT),
        ("Buongiorno,\nce ne occupiamo noi.\n\nCordiali saluti\nMaria Rossi\nCasa Betulla", ACCEPT),
        ("Ce ne occupiamo noi, grazie", ACCEPT),
        ("We'll take it\n\nSent from my iPhone", ACCEPT),
        ("1\n\nInviato da iPhone", ACCEPT),
        ("1\n\nOttieni Outlook per Android", ACCEPT),
        (
            "1\n\nMaria Rossi\nComune di Valle Chiara - Settore Servizi Sociali e Pari Diritti\nVia Roma 2\nTel. 045 1",
            ACCEPT,
        ),
        ("1\n\nAvviso di riservatezza: se non siete il destinatario, non leggete questo messaggio.", ACCEPT),
        ("1\n-- \nMaria\nQuesta e-mail, se ricevuta per errore, non va letta", ACCEPT),
        ("Accetto\n____________\nThis e-mail is confidential; if you are not the recipient, delete it", ACCEPT),
        ("2", DECLINE),
        ("Non possiamo!", DECLINE),
        ("We can\u2019t take it.", DECLINE),
        ("non ce ne occupiamo", DECLINE),
    ],
)
def test_these_are_answers(text: str, answer: str) -> None:
    assert answer_in(text) == (answer, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "sì",
        "12",
        "1 2",
        "1\n2",
        "1\n\nAnzi no",
        "Accetto\nma solo dopo le 18",
        "Accetto\n\nPrima però chiamatemi",
        "Accetto se trovate un mediatore",
        "Non accetto scuse",
        "Non so se possiamo",
        "We take it only if you call",
        "we take it\nwait, wrong mail",
        "Forse",
        "Sono assente fino al 1 dicembre",
        "1\n" + "riga\n" * 20,
        "1\nQuesto messaggio non vale",
        "1\n\nCordiali saluti\nma solo dopo le 18",
        "1\n\nGrazie\n\nnon possiamo",
        "Accetto\n\nil posto di cui parla la vostra richiesta è libero da lunedì per due persone e un bambino piccolo",
        "Avviso di riservatezza: 1",
        "Accetto\nper favore telefonate alla collega che vi spiega come fare",
    ],
)
def test_these_are_none(text: str) -> None:
    assert answer_in(text) == ("", "")


def test_the_code_may_stand_beside_it() -> None:
    assert answer_in("1 abc234") == (ACCEPT, "ABC234")
    assert answer_in("Accetto, codice\n") == ("", "")
    assert answer_in("Non possiamo: K7M2QP") == (DECLINE, "K7M2QP")


def test_no_word_is_both() -> None:
    assert not ACCEPTED & DECLINED
    assert not (ACCEPTED | DECLINED) & POLITE


@given(st.text(max_size=200), st.sampled_from(["ma non subito", "but not now", "2", "1", "non possiamo", "we accept"]))
def test_whatever_stands_above_it_a_second_thought_is_never_an_answer(above: str, below: str) -> None:
    assert answer_in(f"1\n{above}\n{below}")[0] == ""


@given(st.text(max_size=300))
def test_any_text_is_an_answer_only_by_its_first_line_that_says_something(text: str) -> None:
    answer, code = answer_in(text)
    assert answer in {"", ACCEPT, DECLINE}
    assert code == "" or answer
