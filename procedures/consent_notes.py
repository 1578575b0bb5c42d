"""Who said yes or no for somebody else: part of a case's state, and of the events that make it."""

from pydantic import BaseModel, ConfigDict

from procedures.classification import Routing
from procedures.language.consents import ConsentGiver


class ConsentNote(BaseModel):
    """Who said it, where that was not the subject."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    by: Routing[ConsentGiver]
    birth: Routing[str | None] = None
    """The fact with the day of birth, from which it follows until when another may say it. None: for good."""
