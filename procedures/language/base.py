"""The base of all parts of a pathway, and texts in the two languages of the network."""

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A frozen part of a pathway."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """A text in the two languages of the network."""

    it: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def said(self, language: str) -> str:
        """The text in `language`; Italian where the language is unknown."""
        return self.en if language == "en" else self.it
