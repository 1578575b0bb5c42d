"""Leases of a process that is gone, given back at once: whoever takes its place need not wait for them to lapse.

Only for a worker's name that one process at a time can have; `flows.process.alone` sees to that.
"""

from datetime import datetime

from sqlalchemy import update

from models.database import Database
from models.outbox import LAPSED, DeliveryState
from models.tables import DeliveryRecord, RunWake


def free_leases(db: Database, worker: str, now: datetime) -> int:
    """End the leases of `worker`; how many there were.

    What it was sending may have been sent or not: it is repeated once, with the same Message-ID (trust.md, I3). At a
    second death over it the lease ends now, so that `Handling.settle_lapsed` goes on to the next channel at once.
    """
    sending = (DeliveryRecord.worker == worker, DeliveryRecord.state == DeliveryState.SENDING.value)
    again = update(DeliveryRecord).where(*sending, DeliveryRecord.lapses == 0)
    # Taken back meanwhile, or taken by its carrier: it lapses, and is not repeated.
    again = again.where(DeliveryRecord.withdrawn.is_(False), DeliveryRecord.settled_at.is_(None))
    lapsing = update(DeliveryRecord).where(*sending)
    waking = update(RunWake).where(RunWake.worker == worker, RunWake.lease_until.is_not(None))
    back = {"state": DeliveryState.TEMPORARY.value, "next_at": now, "code": LAPSED, "lease_until": None, "worker": None}
    back["lapses"] = 1
    with db.write() as connection:
        freed = connection.execute(again.values(back)).rowcount
        freed += connection.execute(lapsing.values(lease_until=now)).rowcount
        return freed + connection.execute(waking.values(lease_until=now, tries=0)).rowcount
