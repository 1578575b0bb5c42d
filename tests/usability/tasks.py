"""The eight tasks. Whoever does them knows the words on the screen and nothing of what lies behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.pictures.stage import Stage
from tests.usability.hand import Hand

Do = Callable[[Hand, Stage], None]
ANSWERED = 20_000
"""Milliseconds until a check of the trail has ended."""


@dataclass(frozen=True)
class Task:
    """One of them."""

    says: str
    who: str
    """Of `stage.WHO`; nobody signed in where it is empty."""
    start: str
    """The page on which it begins."""
    do: Do
    phone: bool = False


def open_a_case(hand: Hand, _: Stage) -> None:
    """Without a mouse, from the board."""
    hand.press("n")
    hand.page.wait_for_url("**/cases/new")
    hand.tab_to("Territorio")
    hand.type("Valle")
    hand.tab_to("Livello di rischio")
    hand.type("alto")
    hand.tab_to("Prima accoglienza")
    hand.press("Space")
    _send(hand, "Apri il caso")
    expect(hand.page.get_by_role("heading", name="Avvisati ora")).to_be_visible()


def who_would_be_called(hand: Hand, _: Stage) -> None:
    """Without a mouse, from the board."""
    hand.press("w")
    hand.page.wait_for_url("**/who-now")
    hand.tab_to("Territorio")
    hand.type("Valle")
    _send(hand, "Chi verrebbe chiamato?")
    expect(hand.page.get_by_role("heading", name="Ora verrebbero chiamati")).to_be_visible()


def _send(hand: Hand, button: str) -> None:
    """With the keys that the desk offers for it; where it offers none, by going to the button."""
    if hand.page.locator("form[data-send]").count():
        hand.press("Control+Enter")
    else:
        hand.tab_to(button)
        hand.press("Enter")


def accept(hand: Hand, made: Stage) -> None:
    """Behind the link of a message."""
    hand.click(hand.page.get_by_label("Codice nel messaggio"))
    hand.type(made.places["code_of_link"])
    hand.click(hand.page.get_by_role("button", name="Apri"))
    hand.click(hand.page.get_by_role("button", name="Lo prendiamo in carico"))
    expect(hand.page.locator("main")).to_contain_text("ora è in mano sua")


def decline(hand: Hand, _: Stage) -> None:
    """In the inbox of a service."""
    hand.click(hand.page.get_by_text("Non possiamo").first)
    hand.choose(hand.page.get_by_label("Non possiamo, perché").first, "Posti esauriti")
    hand.click(hand.page.get_by_role("button", name="Non possiamo").first)
    expect(hand.page.get_by_role("status")).to_contain_text("qualcun altro")


def bring_a_result(hand: Hand, _: Stage) -> None:
    """In the inbox: take it first, then say how it ended."""
    hand.click(hand.page.get_by_role("button", name="Lo prendiamo in carico").first)
    hand.click(hand.page.locator("summary", has_text="Accolta in un posto protetto"))
    hand.moment(hand.page.get_by_label("Posto confermato il").first, "2026-11-24T04:01")
    hand.click(hand.page.get_by_role("button", name="Registra questo esito").first)
    expect(hand.page.get_by_role("status")).to_contain_text("esito")


def correct_a_fact(hand: Hand, _: Stage) -> None:
    """On the page of the case."""
    hand.click(hand.page.get_by_text("Un fatto è cambiato"))
    hand.choose(hand.page.get_by_label("Che cosa è così adesso"), "Livello di rischio: imminente")
    hand.choose(hand.page.get_by_label("Perché").first, "Una nuova valutazione")
    hand.click(hand.page.get_by_role("button", name="Annotare").first)
    expect(hand.page.locator("aside")).to_contain_text("imminente")


def swap_a_turn(hand: Hand, _: Stage) -> None:
    """In the network's room, by a coordinator."""
    hand.click(hand.page.get_by_role("link", name="I turni di reperibilità"))
    swap = hand.page.locator("#swap")
    hand.choose_nth(swap.get_by_label("con questo"), 1)
    hand.click(swap.get_by_label("Perché"))
    hand.type("ferie")
    hand.click(swap.get_by_role("button"))
    expect(hand.page.locator("main")).to_contain_text("ferie")


def check_the_trail(hand: Hand, _: Stage) -> None:
    """By an auditor."""
    hand.click(hand.page.get_by_role("link", name="Verificare l'intera traccia"))
    hand.click(hand.page.get_by_role("button").and_(hand.page.locator("main button")).first)
    expect(hand.page.locator("main")).to_contain_text("La verifica è finita: tutto regge", timeout=ANSWERED)


TASKS: Mapping[str, Task] = {
    "open": Task("Open a case by keyboard", "operator", "/", open_a_case),
    "who": Task("Find who would be called now", "operator", "/", who_would_be_called),
    "accept": Task("Accept on a telephone", "", "/h/{token}", accept, phone=True),
    "decline": Task("Decline with a reason", "service", "/inbox", decline, phone=True),
    "result": Task("Give a result with evidence", "service", "/inbox", bring_a_result, phone=True),
    "fact": Task("Correct a fact", "operator", "/cases/{code}", correct_a_fact),
    "swap": Task("Swap a turn of duty", "coordinator", "/network", swap_a_turn),
    "trail": Task("Check the trail as an auditor", "auditor", "/audit", check_the_trail),
}
