"""A carrier that takes, refuses, hangs or leaves in the dark, and remembers what it took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.database import Database
from models.outbox import Delivery, SettledDelivery
from models.points import reach
from notifiers.leaving import Leave, at_once
from notifiers.message import Message
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from procedures.events import AlertPurpose
from tests.simulation.monitor import Monitor
from tests.simulation.world import CANARY, Process, World

HANGING_SECONDS = 57.0
FAULTS = (
    ("permanent", 0.04),
    ("temporary", 0.06),
    ("temporary-wait", 0.01),
    ("uncertain-taken", 0.01),
    ("uncertain-lost", 0.01),
    ("hang-taken", 0.004),
    ("hang-lost", 0.004),
    ("slow", 0.02),
)
TAKING = frozenset({None, "slow", "uncertain-taken", "hang-taken"})
OUTCOMES: dict[str | None, Outcome] = {
    None: Accepted("queued-1"),
    "slow": Accepted("queued-2"),
    "permanent": RejectedPermanent("550"),
    "temporary": FailedTemporary("451"),
    "temporary-wait": FailedTemporary("421", 90.0),
    "uncertain-taken": Uncertain("connection-lost"),
    "uncertain-lost": Uncertain("connection-lost"),
    "hang-taken": Uncertain("timeout"),
    "hang-lost": Uncertain("timeout"),
}


@dataclass
class Attempt:
    """One sending under way."""

    delivery: Delivery
    message: Message
    how: str | None
    lasts: float
    """Seconds until the carrier's word, or the end of patience."""


@dataclass
class Carrier:
    """What has been handed over so far, by delivery."""

    world: World
    monitor: Monitor
    received: Callable[[Delivery], None]
    accepted: dict[str, list[str]] = field(default_factory=dict)
    message_ids: dict[str, str] = field(default_factory=dict)
    down: tuple[float, float] = (0.0, 0.0)
    """From when to when every message is put off."""
    _sending: dict[str, tuple[Process, int, float]] = field(default_factory=dict)

    def begin(self, process: Process, delivery: Delivery, message: Message, *, at_once: bool = False) -> Attempt:
        """A sender begins: what will come of it is drawn now."""
        world, monitor = self.world, self.monitor
        monitor.claimed(delivery.delivery_id, delivery.alert_id, delivery.attempt)
        other = self._sending.get(delivery.delivery_id)
        alone = other is None or not other[0].alive or other[0].life != other[1] or world.now >= other[2]
        monitor.holds("I3", f"{delivery.delivery_id} is being sent by two at once", so=alone)
        known = self.message_ids.setdefault(delivery.delivery_id, message.message_id)
        monitor.holds("I3", "a repeat carries another Message-ID", so=known == message.message_id)
        said = f"{message.subject} {message.body} {message.message_id}"
        monitor.holds("I6", "a message names her", so=not any(part in said for part in CANARY.split()))
        asks_her = delivery.purpose is AlertPurpose.CONSENT_NEEDED and monitor.states[delivery.case_id].no_contact_since
        monitor.holds("no contact", "somebody is sent to ask her, and she wants no contact", so=not asks_her)
        how = self._how(delivery)
        lasts = world.draws.between(0.05, 0.3, "carrier-takes", delivery.delivery_id, delivery.attempt)
        if how is not None and how.startswith("hang"):
            lasts = HANGING_SECONDS
        elif how == "slow":
            lasts = 4.0
        self._sending[delivery.delivery_id] = (process, process.life, world.now + (0.0 if at_once else lasts))
        if how is not None:
            world.say(f"the carrier of {delivery.channel} to {delivery.person} ({delivery.ref}): {how}")
        return Attempt(delivery, message, how, lasts)

    def _how(self, delivery: Delivery) -> str | None:
        if not self.world.faulty:
            return None
        if self.down[0] <= self.world.now < self.down[1]:
            return "temporary"
        return self.world.draws.choose(FAULTS, "carrier", delivery.delivery_id, delivery.attempt)

    def take(self, attempt: Attempt) -> None:
        """The moment in which it is in the carrier's hands, whoever learns of it."""
        if attempt.how not in TAKING:
            return
        delivery = attempt.delivery
        taken = self.accepted.setdefault(delivery.delivery_id, [])
        taken.append(attempt.message.message_id)
        few = len(taken) <= 2
        self.monitor.holds("I3", f"{delivery.purpose} was taken {len(taken)} times", so=few)
        self.world.say(
            f"the carrier takes {delivery.purpose} {delivery.ref} to {delivery.person} by {delivery.channel}"
        )
        if len(taken) == 1:
            self.received(delivery)

    def word(self, attempt: Attempt) -> Outcome:
        """What its sender learns."""
        return OUTCOMES[attempt.how]


@dataclass
class CarrierAtOnce:
    """The same carrier for whoever sends within one moment: the engine's tasks."""

    carrier: Carrier
    process: Process
    taking: Delivery | None = None

    async def send(self, message: Message, leave: Leave = at_once) -> Outcome:
        await leave()
        assert self.taking is not None
        attempt = self.carrier.begin(self.process, self.taking, message, at_once=True)
        self.carrier.take(attempt)
        return self.carrier.word(attempt)


def handed_over() -> None:
    """The named point between the carrier's word and its keeping."""
    reach("message-sent")


def look_whether_kept(words: Sequence[SettledDelivery], database: Database, worker: str, monitor: Monitor) -> None:
    """What was settled is not being sent any more; a lease that lapses later would hide that it still is."""
    query = "SELECT delivery_id, attempt FROM deliveries WHERE state = 'sending' AND worker = ?"
    with database.read() as connection:
        sending = {(row[0], row[1]) for row in connection.exec_driver_sql(query, (worker,))}
    lost = sorted(sending & {(word.delivery_id, word.attempt) for word in words})
    monitor.holds("I2", f"a carrier's word was settled, and is not kept: {lost}", so=not lost)
