"""What an operation can be asked: bodies and queries, as strict as their description."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from procedures.case import CaseStatus, HandoffState
from procedures.commands import (
    LANGUAGE,
    ActFirstReason,
    AnewReason,
    CancelReason,
    DeclineReason,
    FactReason,
    Person,
    ReopenReason,
)
from procedures.consent_notes import TakenHow
from procedures.language.facts import OPERATOR

MOST_OF_A_PAGE = 200
USUAL_PAGE = 50
Name = Annotated[str, Field(min_length=1, max_length=100, pattern="^[A-Za-z0-9_.-]+$")]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Text = Annotated[str, Field(max_length=200)]
Values = Annotated[Mapping[str, bool | Whole | Text], Field(max_length=100)]
Names = Annotated[list[Name], Field(max_length=100)]
Limit = Annotated[int, Field(ge=1, le=MOST_OF_A_PAGE, description="How many at most.")]
Cursor = Annotated[
    str, Field(min_length=1, max_length=400, pattern="^[A-Za-z0-9_-]+$", description="`next` of the page before.")
]


class Asked(BaseModel):
    """What every body and query has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Nothing(Asked):
    """Nothing is asked."""


class Circumstances(Asked):
    """What a case would be opened with."""

    pathway: Name = Field(default="intake", description="The procedure to start with.")
    territory: Name = Field(description="Where: one of the territories of the network.")
    facts: Values = Field(default_factory=dict, description="By name; a date and an hour as RFC 3339 text.")
    consents: Names = Field(default_factory=list, description="What she has agreed to.")
    by: Name = Field(
        default=OPERATOR,
        description="`operator`, `coordinator`, or a competence: on whose word.",
    )
    exclusions: Names = Field(
        default_factory=list, description="Bodies, services and people of the network that must never be asked."
    )


class CaseToOpen(Circumstances):
    """A case that emerged."""

    desk: Name | None = Field(default=None, description="The desk that gets word; else the coordination does.")
    drill: bool = Field(default=False, description="An exercise: marked as such everywhere.")
    person: Person | None = Field(
        default=None, description="What may be known of her. It is sealed at once, and no answer of this API holds it."
    )


class WorkToStart(Asked):
    """Work of the network's own."""

    pathway: Name = Field(description="A procedure of the network's own work, such as tavolo_meeting.")
    territory: Name = Field(description="Where: one of the territories of the network.")
    facts: Values = Field(default_factory=dict, description="By name; a date and an hour as RFC 3339 text.")
    desk: Name | None = Field(default=None, description="The desk that gets word; else the coordination does.")
    drill: bool = Field(default=False, description="An exercise: marked as such everywhere.")


class WhoQuery(Asked):
    """Who would be called, whatever the facts."""

    pathway: Name = Field(default="intake", description="The procedure to start with.")
    territory: Name = Field(description="Where: one of the territories of the network.")
    by: Name = Field(default=OPERATOR, description="On whose word, where the procedure says on whose.")


class CasesQuery(Asked):
    """Which cases."""

    status: CaseStatus | None = Field(default=None, description="Only these; all of them without it.")
    territory: Name | None = Field(default=None, description="Only those of this territory.")
    limit: Limit = USUAL_PAGE
    cursor: Cursor | None = None


class HandoffsQuery(Asked):
    """Which handoffs."""

    state: HandoffState | None = Field(default=None, description="Only these; every open one without it.")
    limit: Limit = USUAL_PAGE
    cursor: Cursor | None = None


class PageQuery(Asked):
    """How much."""

    limit: Limit = USUAL_PAGE
    cursor: Cursor | None = None


class ConsentAnswer(StrEnum):
    """What she said."""

    GIVEN = "given"
    REFUSED = "refused"
    REVOKED = "revoked"


class ConsentAsked(Asked):
    """She was asked, and this is what she said."""

    consent: Name = Field(description="What for, as the pathway names it.")
    answer: ConsentAnswer
    service: Name | None = Field(
        default=None,
        description="One service of the network: `given` counts for it (alone, where she had not agreed before), "
        "`refused` and `revoked` keep it out. Without it, any that the procedure asks.",
    )
    how: TakenHow | None = Field(default=None, description="How she was asked; absent where nobody noted it.")
    language: Annotated[str, Field(pattern=LANGUAGE)] | None = Field(
        default=None,
        description="In which language she was asked, by ISO 639. With it, she was read the text of today that the "
        "house keeps for this consent, if it keeps one.",
    )
    until: AwareDatetime | None = Field(
        default=None, description="When what was given ends. Without it, once she takes it back."
    )


class FactsTold(Asked):
    """What became known later, or is otherwise than it was."""

    facts: Annotated[Values, Field(min_length=1, max_length=1)] = Field(
        description="One fact by its name, as in the opening: each change has a reason of its own."
    )
    reason: FactReason
    on_word_of: Name = Field(
        default=OPERATOR, description="`operator`, or the competence whose service said so, as the vocabulary names it."
    )


class SignalGiven(Asked):
    """Something happened that a pathway waits for, or reckons with."""

    signal: Name = Field(description="As a running pathway of the case names it.")
    pathway: Name | Literal[""] = Field(
        default="",
        description="The name or the reference of the pathway; may stay empty where one alone knows the signal.",
    )
    said_by: Name = Field(
        default="operator",
        description="Whose word it is, as the pathway names it: `operator`, `coordinator` or a competence.",
    )
    evidence: Values = Field(default_factory=dict, description="Exactly what that signal shows.")


class CaseToCancel(Asked):
    """Everything of the case stops."""

    reason: CancelReason


class ContactWish(Asked):
    """Whether she may be contacted."""

    contact: Literal["never", "again"] = Field(description="`never`, until she says otherwise: then `again`.")


class StepAsked(Asked):
    """One step of a pathway that runs."""

    pathway: Name | Literal[""] = Field(
        default="", description="The name or the reference of the pathway; may stay empty where one alone has the step."
    )
    step: Name = Field(description="As the pathway names it.")


class StepToBegin(StepAsked):
    """A later step begins now."""

    reason: ActFirstReason


class StepToForgo(StepAsked):
    """What is owed is not needed any more."""

    reason: CancelReason


class ResultAnew(StepAsked):
    """A step that is done has another result now."""

    result: Name = Field(description="As the step of the pathway names it.")
    evidence: Values = Field(default_factory=dict, description="Exactly what that result asks for.")
    reason: AnewReason
    on_word_of: Name = Field(
        default=OPERATOR, description="`operator`, or whom the procedure names for this step (`anew`)."
    )
    keep: Names = Field(default_factory=list, description="The steps under way that hang on it and go on.")
    cancel: Names = Field(default_factory=list, description="Those that stop.")


class PathwayToReopen(Asked):
    """A pathway that is over begins anew."""

    pathway: Name = Field(description="Its reference, or its name: the latest of that name.")
    reason: ReopenReason
    same_edition: bool = Field(default=False, description="By the text that it ran by, not by the one in force.")


class Acceptance(Asked):
    """We take it."""

    person: Name | None = Field(
        default=None,
        description="Which person takes it, by the id of the network: where the procedure asks for the same person as "
        "in another step, or for another one. May stay empty elsewhere.",
    )
    pin: str | None = Field(
        default=None,
        max_length=12,
        description="The PIN of that person. In imminent danger an acceptance counts with it alone, or once a "
        "coordinator confirmed it; elsewhere it is not looked at.",
    )


class Decline(Asked):
    """The service cannot."""

    reason: DeclineReason


class Completion(Asked):
    """The result of the work."""

    result: Name = Field(description="As the step of the pathway names it.")
    evidence: Values = Field(default_factory=dict, description="Exactly what that result asks for.")


class ServiceToAsk(Asked):
    """Who is asked, where the procedure leaves it to the operator."""

    service: Name = Field(description="Its id in the network, one of those that may be asked now.")


class LongerTime(Asked):
    """The result needs longer than its time."""

    agreed_by: Name | None = Field(
        default=None,
        description="A competence that must agree and does, or `coordinator`; without it, longer time is asked for.",
    )


class Note(Asked):
    """A word from whoever holds the handoff."""

    note: Literal["first_sign"] = Field(default="first_sign", description="The work has begun.")
