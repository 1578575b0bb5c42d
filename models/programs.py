"""What a program may be allowed to do over the JSON API: operations by name, none implied by another."""

from enum import StrEnum


class Operation(StrEnum):
    """What an API key can be good for."""

    CASES_OPEN = "cases.open"
    CASES_READ = "cases.read"
    CASES_TRAIL = "cases.trail"
    CASES_CONSENT = "cases.consent"
    CASES_FACTS = "cases.facts"
    CASES_SIGNAL = "cases.signal"
    CASES_CANCEL = "cases.cancel"
    CASES_CONTACT = "cases.contact"
    CASES_REOPEN = "cases.reopen"
    CASES_DECIDE = "cases.decide"
    CASES_ACT_FIRST = "cases.act-first"
    CASES_WHO = "cases.who"
    HANDOFFS_READ = "handoffs.read"
    HANDOFFS_ACKNOWLEDGE = "handoffs.acknowledge"
    HANDOFFS_ACCEPT = "handoffs.accept"
    HANDOFFS_DECLINE = "handoffs.decline"
    HANDOFFS_COMPLETE = "handoffs.complete"
    HANDOFFS_NOTE = "handoffs.note"
    HANDOFFS_EXTEND = "handoffs.extend"
    HANDOFFS_PICK = "handoffs.pick"
    NETWORK_START = "network.start"
    NETWORK_READ = "network.read"
    WHO_NOW = "who-now"
    METRICS = "metrics"


OF_ONE_BODY = frozenset(
    {
        Operation.CASES_OPEN,
        Operation.HANDOFFS_READ,
        Operation.HANDOFFS_ACKNOWLEDGE,
        Operation.HANDOFFS_ACCEPT,
        Operation.HANDOFFS_DECLINE,
        Operation.HANDOFFS_COMPLETE,
        Operation.HANDOFFS_NOTE,
        Operation.HANDOFFS_EXTEND,
    }
)
"""What a key that belongs to one body can be given. Reading cases would join the handoffs of different bodies, and *who
now* tells what other bodies would be asked: both are the coordination's."""
