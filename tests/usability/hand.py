"""A hand at the desk: it finds what the screen says, and counts its clicks, its keys and the pages it waited for.

Seconds are those of a practised hand by the keystroke-level model (Card, Moran and Newell, 1980): 0.28 s a key, 1.1 s
to point at something and 0.2 s to press there, 1.35 s to make up one's mind before each thing that is done, plus what
the desk itself took. They compare two ways of doing the same; how long a tired person needs is for her to show.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

KEY, POINT, PRESS, MIND = 0.28, 1.1, 0.2, 1.35
FARTHEST = 120
"""Tabs after which a hand gives up."""
FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels && one.labels[0] ? one.labels[0].textContent : one.textContent;
  return (one.getAttribute('aria-label') || label || '').trim().replace(/\\s+/g, ' ');
}"""


class LostOnThePage(AssertionError):
    """Nothing with these words can be reached."""


@dataclass
class Hand:
    """One person's hand on one page."""

    page: Page
    clicks: int = 0
    keys: int = 0
    thoughts: int = 0
    waited: float = 0
    """Seconds that the desk took."""
    pages: int = 0

    @property
    def seconds(self) -> float:
        """By the model, with what the desk took."""
        return self.clicks * (POINT + PRESS) + self.keys * KEY + self.thoughts * MIND + self.waited

    def click(self, what: Locator) -> None:
        """Point at it and press."""
        self._think(what.click)
        self.clicks += 1

    def press(self, key: str) -> None:
        """A key, or several held together, which count as one each."""
        self.keys += len(key.split("+"))
        self._think(lambda: self.page.keyboard.press(key))

    def type(self, text: str) -> None:
        """Where the cursor stands."""
        self.keys += len(text)
        self._think(lambda: self.page.keyboard.type(text))

    def tab_to(self, words: str) -> None:
        """Go on with Tab until what is focused is called so. Raises LostOnThePage."""
        self.thoughts += 1
        for _ in range(FARTHEST):
            if str(self.page.evaluate(FOCUSED)).startswith(words):
                return
            self.page.keyboard.press("Tab")
            self.keys += 1
        raise LostOnThePage(words)

    def moment(self, field_: Locator, said: str) -> None:
        """Press into a field for a day and an hour and type its digits, in whichever order this browser has them."""
        self.clicks += 1
        self.keys += sum(sign.isdigit() for sign in said)
        self._think(lambda: field_.fill(said))

    def choose(self, field_: Locator, said: str) -> None:
        """Open a list and press one of its lines."""
        self._think(lambda: field_.select_option(label=said))
        self.clicks += 2

    def choose_nth(self, field_: Locator, number: int) -> None:
        """Open a list and press its line of that number, from 0."""
        self._think(lambda: field_.select_option(index=number))
        self.clicks += 2

    def _think(self, act: Callable[[], object]) -> None:
        """Make up one's mind, do it, and wait until the desk has answered."""
        self.thoughts += 1
        begun, before = time.monotonic(), self.page.url
        act()
        self.page.wait_for_load_state()
        self.waited += time.monotonic() - begun
        self.pages += self.page.url != before
