"""How much room a text takes in an SMS: GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1), 160 septets a segment."""

from procedures.errors import StaffettaError

SEGMENT = 160
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")
"""Each takes two septets."""


class OutsideGsmAlphabet(StaffettaError):
    """One such character makes the whole message UCS-2: 70 characters a segment instead of 160."""

    template = "The character {character} is outside the alphabet of an SMS. Write the sentence without it."


def septets(text: str) -> int:
    """Count the septets of a text.

    Raises:
        OutsideGsmAlphabet: a character has no place in the alphabet.
    """
    for character in text:
        if character not in BASIC and character not in EXTENSION:
            raise OutsideGsmAlphabet(character=f"U+{ord(character):04X}")
    return sum(2 if character in EXTENSION else 1 for character in text)
