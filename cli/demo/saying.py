"""The closed lists of the rules in the demo's words."""

from collections.abc import Callable, Mapping

from cli.naming import STATES
from models.outbox import DeliveryState
from procedures.answering import results_of
from procedures.case import HandoffState
from procedures.commands import DeclineReason
from procedures.escalating import TOLD
from procedures.marking import N_
from procedures.schema import Pathway, RungTarget

Translate = Callable[[str], str]

REASONS: Mapping[str, str] = {
    DeclineReason.FULL: N_("no place left"),
    DeclineReason.NOT_COMPETENT: N_("not theirs to do"),
    DeclineReason.NO_STAFF: N_("nobody available now"),
    DeclineReason.CONFLICT: N_("a conflict of interest"),
    DeclineReason.OTHER: N_("another reason"),
}
RUNGS: Mapping[str, str] = {
    RungTarget.SERVICE: N_("a reminder to the same contact"),
    RungTarget.DEPUTY: N_("the deputy"),
    RungTarget.NEXT_SERVICE: N_("the next service"),
    RungTarget.COORDINATOR: N_("the coordinator"),
}
DELIVERIES: Mapping[str, str] = {
    DeliveryState.QUEUED: N_("waits to leave"),
    DeliveryState.SENDING: N_("is leaving"),
    DeliveryState.ACCEPTED: N_("taken by the carrier"),
    DeliveryState.PERMANENT: N_("refused for good"),
    DeliveryState.TEMPORARY: N_("not now, tried again"),
    DeliveryState.UNCERTAIN: N_("uncertain"),
    DeliveryState.WITHDRAWN: N_("withdrawn before it left"),
}
OUTCOMES: Mapping[str, str] = {
    "carried": N_("carried"),
    "heard": N_("heard"),
    "housed": N_("housed"),
    "assisted": N_("assisted"),
    "supported": N_("supported"),
}
"""How the shipped pathways end well. They have no titles: another outcome is shown by its own name."""
RESULTS: Mapping[str, str] = {TOLD: N_("told"), "done": N_("done")}
"""Results that every pathway has, without a title of its own."""


def state_said(state: str, translate: Translate) -> str:
    """How a handoff stands."""
    return translate(STATES[HandoffState(state)])


def word_of(table: Mapping[str, str], code: str, translate: Translate) -> str:
    """The words of a code; one that the table does not know is shown as its own name."""
    return translate(table.get(code, code.replace("_", " ")))


def result_said(pathway: Pathway, step: str, result: str, language: str, translate: Translate) -> str:
    """A result as its pathway calls it."""
    declared = results_of(pathway.steps[step]).get(result)
    if declared is not None and declared.title is not None:
        return declared.title.said(language)
    return word_of(RESULTS, result, translate)
