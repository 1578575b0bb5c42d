"""How wide words are in a drawing, before anybody's font is known: measured on a wide one, so that others fit."""

from collections.abc import Iterator

SPACED = 0.35
"""Letters' widths, as parts of the font's size, in DejaVu Sans; most sans-serif fonts are narrower."""
NARROW, PLAIN, CAPITAL, WIDE, BOLDER = 0.4, 0.63, 0.73, 0.98, 1.12


def width_of(words: str, size: int, *, bold: bool = False) -> float:
    """How wide they are, in the drawing's own units; rather too wide than too narrow."""
    widths = (_width(letter) for letter in words)
    return sum(widths) * size * (BOLDER if bold else 1)


def _width(letter: str) -> float:
    if letter == " ":
        return SPACED
    if letter in "iljftrI.,:;'|!()[]-":
        return NARROW
    if letter in "mwMW@%…—":
        return WIDE
    return CAPITAL if letter.isupper() else PLAIN


def lines_of(words: str, width: int, size: int, *, bold: bool = False) -> Iterator[str]:
    """The words in lines that fit; a word that is too long for any line is cut into several."""
    line = ""
    for word in words.split():
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{line} {piece}" if line else piece
            if line and width_of(longer, size, bold=bold) > width:
                yield line
                longer = piece
            line = longer
    if line:
        yield line


def _pieces(word: str, width: int, size: int, *, bold: bool) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and width_of(piece + letter, size, bold=bold) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece
