"""A counter-example told as a short story: sentences with their data, put into words in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from procedures.marking import N_, Marked


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that happens: a template of the catalogues and its data."""

    template: str
    data: Mapping[str, str] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate`."""
        data = {name: put_into_words(value, translate) for name, value in self.data.items()}
        return translate(self.template).format(**data)


class Story(str):
    """What has to happen for a fault to show; as a text it is told in English."""

    __slots__ = ("sentences",)
    sentences: tuple[Sentence, ...]

    def __new__(cls, sentences: Sequence[Sentence]) -> Self:
        """Tell `sentences` in their order."""
        story = super().__new__(cls, _joined(sentences, str))
        story.sentences = tuple(sentences)
        return story

    def said(self, translate: Callable[[str], str]) -> str:
        """The story in the language of `translate` (a catalogue's `gettext`)."""
        return _joined(self.sentences, translate)


def put_into_words(value: str, translate: Callable[[str], str]) -> str:
    """A value of a fault or a sentence in the language of `translate`: only what is marked for it changes."""
    if isinstance(value, Story):
        return value.said(translate)
    return translate(value) if isinstance(value, Marked) else value


NOTHING_SPECIAL = N_("whatever happens")


def _joined(sentences: Sequence[Sentence], translate: Callable[[str], str]) -> str:
    return ", ".join(sentence.said(translate) for sentence in sentences) or translate(NOTHING_SPECIAL)
