"""A fault of the trail in the reader's language."""

from collections.abc import Callable, Mapping

from notifiers.language import translator


def fault_said(taken: tuple[str, str, Mapping[str, str]], language: str) -> str:
    """The sentence of `models.fault_words.taken_apart`, with what stands before it and in its places."""
    before, sentence, places = taken
    say: Callable[[str], str] = translator(language, "procedures").gettext
    text = say(sentence)
    return f"{f'{before}: ' if before else ''}{text.format(**places) if places else text}"
