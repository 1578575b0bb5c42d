"""Which of the messages that were claimed leave as one: those to one person that a carrier kept waiting."""

from collections.abc import Sequence

from flows.delivering import LEASE_SECONDS, Sender, deliver, deliver_together, is_imminent
from models.composition import House
from models.folding import MOST_TOGETHER, alike, fold, waited, waiting_beside
from models.outbox import Delivery, SettledDelivery
from models.store_errors import StoreBusy, StoreFailed


def side_by_side(house: House, taken: Sequence[Delivery]) -> Sequence[Sequence[Delivery]]:
    """Those that were claimed, in messages: most of them alone. Where danger is imminent each goes by itself."""
    kept_waiting = [one for one in taken if waited(one)]
    urgent = is_imminent(house, [one.case_id for one in kept_waiting]) if kept_waiting else set()
    messages: list[list[Delivery]] = []
    open_for: dict[object, list[Delivery]] = {}
    for one in taken:
        if one not in kept_waiting or one.case_id in urgent:
            messages.append([one])
            continue
        together = open_for.get(alike(one))
        if together is None or len(together) == MOST_TOGETHER:
            together = open_for[alike(one)] = []
            messages.append(together)
        together.append(one)
    return messages


async def send_together(
    house: House, carriers: Sender, together: Sequence[Delivery], worker: str
) -> Sequence[SettledDelivery]:
    """Send these, and what else waits for the same person, as one; what came of each.

    Where the database cannot be used now each goes by itself: that is no reason to call nobody.
    """
    try:
        together = with_others(house, together, worker)
    except (StoreBusy, StoreFailed):
        return [await deliver(house, carriers, one) for one in together]
    if len(together) == 1:
        return [await deliver(house, carriers, together[0])]
    return await deliver_together(house, carriers, together)


def with_others(house: House, together: Sequence[Delivery], worker: str) -> Sequence[Delivery]:
    """These, and what else waits for the same person. What is added is `sending`, under a lease, when this returns.

    Raises:
        StoreBusy, StoreFailed: nothing was added, and nothing is kept of their going together.
    """
    beside = waiting_beside(house.database, together[0])[: MOST_TOGETHER - len(together)]
    urgent = is_imminent(house, [*(case_id for _, case_id in beside), together[0].case_id])
    if together[0].case_id in urgent:
        return together
    wanted = [delivery_id for delivery_id, case_id in beside if case_id not in urgent]
    if not wanted and len(together) == 1:
        return together
    clock = house.clock
    seconds = LEASE_SECONDS * clock.speed
    return fold(house.database, together, wanted, worker=worker, now=clock.now(), lease_seconds=seconds)
