"""Who said yes or no and how it was taken: part of a case's state, and of the events that make it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from procedures.classification import Operational, Routing
from procedures.language.consents import ConsentGiver
from procedures.wordsets import Words


class TakenHow(StrEnum):
    """How she was asked: a closed list, so that no name of an interpreter or of a witness travels."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"
    IN_WRITING = "in_writing"
    INTERPRETER = "interpreter"
    """Through an interpreter, wherever that was."""


class ServiceWord(StrEnum):
    """What was said of one service, beside the consent itself."""

    ONLY = "only"
    ALSO = "also"
    NOT = "not"


class ConsentNote(BaseModel):
    """Who said it, where that was not the subject."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    by: Routing[ConsentGiver]
    birth: Routing[str | None] = None
    """The fact with the day of birth, from which it follows until when another may say it. None: for good."""


class ConsentTaken(BaseModel):
    """How a yes or a no was taken. None means that nobody noted it: what is not known is not filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: Routing[datetime]
    by: Operational[str]
    """The actor who recorded it, an opaque id."""
    how: Routing[TakenHow | None] = None
    language: Routing[str | None] = None
    """In which language she was asked: the two or three letters of ISO 639."""
    text: Routing[str | None] = None
    """The hash of the text that she was read, which is kept whole."""
    until: Routing[datetime | None] = None
    """When it ends. None: once it is taken back."""
    ends_soon: Operational[bool] = False
    """Whether somebody was called because it ends soon."""

    @property
    def says_something(self) -> bool:
        """Whether more was noted than who recorded it, and when."""
        return any((self.how, self.language, self.text, self.until))


class ConsentServices(BaseModel):
    """For which services a consent counts, where that is not every one that the procedure would ask."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    only: Routing[Words | None] = None
    """Those that she named, and no other. None: any."""
    without: Routing[Words] = frozenset()
    """Those that she said no to: it stands whatever she agrees to in general."""

    def cover(self, service: str | None) -> bool:
        """Whether it counts for this service; None is the coordination, which holds what no service does."""
        if service is None:
            return True
        return service not in self.without and (self.only is None or service in self.only)


EVERY_SERVICE = ConsentServices()
