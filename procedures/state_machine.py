"""The page `docs/state-machine.md`, drawn from the code: it cannot lie (`python -m procedures.state_machine`)."""

import sys
from collections.abc import Iterable

from procedures.case import OPEN_STATES, HandoffState
from procedures.changing import TRANSITIONS
from procedures.events import HandoffEvent

HEAD = """# The states of a handoff

Generated from `procedures/changing.py` by `make docs`; a test compares. Every edge is one event of the trail.

"""
CARRIER_EDGE = ("requested", "alerted", "AlertSettled(accepted)")


def edges() -> Iterable[tuple[str, str, str]]:
    """Every transition: from, to, event."""
    yield CARRIER_EDGE
    for event, (allowed, target) in TRANSITIONS.items():
        for state in HandoffState:
            if state in allowed:
                yield state.value, target.value, event.__name__


def _meaning(event: type[HandoffEvent]) -> str:
    return (event.__doc__ or "").strip().splitlines()[0]


def render() -> str:
    """The whole page as Markdown."""
    drawn = "\n".join(f"    {start} --> {end}: {event}" for start, end, event in edges())
    ends = "\n".join(f"    {state} --> [*]" for state in HandoffState if state not in OPEN_STATES)
    rows = "\n".join(
        f"| `{event.__name__}` | {_meaning(event)} | `{target}` |" for event, (_, target) in TRANSITIONS.items()
    )
    return (
        f"{HEAD}```mermaid\nstateDiagram-v2\n    [*] --> requested: HandoffRequested\n"
        f"    [*] --> accepted: HandoffRequested (watch)\n{drawn}\n{ends}\n```\n\n"
        f"| event | meaning | leads to |\n|---|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(render())
