"""Mark a sentence for the catalogues where it is written, to be translated where it is read."""


class Marked(str):
    """A sentence that has an entry in a catalogue; as data of an error it is translated with it."""

    __slots__ = ()


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Return the sentence as it is: only its mark matters."""
    return Marked(sentence)
