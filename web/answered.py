"""An answer that came by a short road: a key in a call, an SMS. One word, as strong as any answer without a sign-in."""

from models.composition import House
from models.key_presses import Called
from models.pins import proven
from models.views import handoff_view
from notifiers.spoken import KeyEcho
from procedures.case import HandoffState
from procedures.commands import AcceptHandoff, DeclineHandoff, DeclineReason, Road
from procedures.errors import Refused
from procedures.events import AnswerCameLate


def answer_by(house: House, called: Called, *, accept: bool, command_id: str, road: Road, pin: str = "") -> KeyEcho:
    """Do what she says of this handoff, once for each command id; what she is told of it.

    Raises:
        StoreBusy, StoreFailed: it is not saved.
    """
    link = called.link
    about = {
        "id": command_id,
        "case_id": link.case_id,
        "actor": link.actor,
        "road": road,
        "ref": link.about_ref,
    }
    try:
        if not accept:
            handled = house.handling.handle(DeclineHandoff.model_validate({**about, "reason": DeclineReason.OTHER}))
        else:
            taken = AcceptHandoff.model_validate(about)
            known = proven(house, handoff_view(house.database, link.about_ref).case_code, taken, pin)
            handled = house.handling.handle(taken.model_copy(update={"proven": known}))
    except Refused:
        return KeyEcho.SHUT
    handoff = handled.state.handoffs[link.about_ref]
    if accept and handoff.state is HandoffState.ACCEPTED and handoff.accepted_by == link.actor:
        return KeyEcho.TAKEN
    if any(isinstance(recorded.event, AnswerCameLate) for recorded in handled.events):
        return KeyEcho.LATE
    if accept:
        return KeyEcho.CLAIMED if any(one.actor == link.actor for one in handoff.claims) else KeyEcho.LATE
    return KeyEcho.DECLINED
