"""In imminent danger whoever takes it proves who she is; what nobody proved is kept, and stops nothing.

Whoever holds a message can say *we take it* for its service, and a false one ends every escalation (trust.md, law 1).
So what several said is kept side by side: nobody takes another's word away.
"""

from procedures import commands as c
from procedures.calling import call_coordination
from procedures.case import AlertState, Handoff, Party
from procedures.drafting import Draft, calls_to_confirm
from procedures.events import AcceptanceClaimed, AlertPurpose
from procedures.haste import is_imminent

SIGNED_IN = frozenset({c.Road.DESK, c.Road.CLI})
"""Roads on which somebody of the network's own, whom the house knows, vouches for what she records."""


def needs_proof(draft: Draft, command: c.AcceptHandoff) -> bool:
    """Whether this acceptance counts only once a coordinator confirmed it."""
    return is_imminent(draft.state.facts) and command.road not in SIGNED_IN and not command.proven


def claim(draft: Draft, command: c.AcceptHandoff, handoff: Handoff, party: Party, *, on_behalf: bool) -> None:
    """Keep that she says so, and call the coordination to ring her, once for all who say so.

    The same by the same person is nothing new.
    """
    called = handoff.waits_to_be_confirmed and _is_called_for(draft, handoff)
    if any((one.actor, one.person) == (command.actor, command.person) for one in handoff.claims):
        return
    draft.note(
        AcceptanceClaimed(
            at=draft.now,
            ref=handoff.ref,
            actor=command.actor,
            party=party,
            on_behalf=on_behalf,
            person=command.person,
            beside=True,
        )
    )
    if not called:
        call_coordination(draft, draft.handoff(handoff.ref), AlertPurpose.CONFIRM_NEEDED)


def _is_called_for(draft: Draft, handoff: Handoff) -> bool:
    """Whether a call goes on: it reached somebody, still may, or is made again in a while."""
    calls = calls_to_confirm(draft.step_run(handoff.run_id, handoff.step), handoff.ref)
    return any(call.state is not AlertState.WITHDRAWN for call in calls.values())
