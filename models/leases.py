"""Leases of a process that is gone, given back at once: whoever takes its place need not wait for them to lapse.

Only for a worker's name that one process at a time can have; `flows.process.alone` sees to that.
"""

from datetime import datetime

from sqlalchemy import update

from models.database import Database
from models.tables import DeliveryRecord, RunWake


def free_leases(db: Database, worker: str, now: datetime) -> int:
    """End the leases of `worker`; how many there were. What it was sending may have been sent: the repeat says so."""
    sending = update(DeliveryRecord).where(DeliveryRecord.worker == worker, DeliveryRecord.state == "sending")
    waking = update(RunWake).where(RunWake.worker == worker, RunWake.lease_until.is_not(None))
    with db.write() as connection:
        freed = connection.execute(sending.values(lease_until=now)).rowcount
        return freed + connection.execute(waking.values(lease_until=now)).rowcount
