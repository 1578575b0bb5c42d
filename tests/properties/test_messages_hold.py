"""Carriers that take, refuse, hang and say nothing, senders that die, people who answer, in any order: the real outbox.

No message is lost; none is taken twice by a carrier unless its doubt stands in the trail, and never three times; none
is sent once what it asks for was answered; no two senders have one in hand.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from flows.delivering import settled
from flows.folding import side_by_side, with_others
from models import outbox
from models.addressing import WAITING_FOR_AN_ANSWER
from models.leases import free_leases
from models.outbox import Delivery, SettledDelivery, SettledResult
from models.own_saying import set_rules
from models.recording import read_events
from models.tables import DeliveryRecord
from models.verifying_channels import channels_of
from notifiers.outcomes import Accepted, FailedTemporary, Outcome, RejectedPermanent, Uncertain
from procedures.commands import AcceptHandoff
from procedures.events import AlertQueued, AlertSettled, DeliveryUncertain
from procedures.own_rules import ChannelRule
from tests.houses import CARRIERS, Told

LEASE_SECONDS = 30.0
SHM = "/dev/shm"  # noqa: S108  # a folder of its own below it
IN_MEMORY = SHM if Path(SHM).is_dir() else None
"""Nothing here has to outlive a power cut, and each commit waits for the disk."""
WORKERS = ("one", "two")
WAITING = frozenset({"queued", "sending", "temporary"})
TOOK: Sequence[Outcome] = (Accepted("x-1"), Accepted("x-2"), Uncertain("timeout"))
DID_NOT: Sequence[Outcome] = (
    RejectedPermanent("550"),
    FailedTemporary("451"),
    FailedTemporary("rests", 12.0),
    FailedTemporary("paced", 2.5),
    FailedTemporary("paced", 90.0),
    Uncertain("dropped"),
)
PAUSES = (3, 16, 31, 31, 31, 301)
ACTS = (
    *("claims", "claims", "claims", "claims", "reaches", "speaks", "speaks", "speaks"),
    *("passes", "passes", "passes", "gives up", "dies", "holds back", "is_noted", "comes_back", "answers", "answers"),
)
pick = st.integers(0, 11)
ASKED = "olga"
"""The referent whom these cases alert first."""


@dataclass
class Flight:
    """One attempt under way."""

    delivery: Delivery
    worker: str
    begun: datetime
    taken: bool = False


class Messages(RuleBasedStateMachine):
    """A house, two senders, and carriers that remember what they took."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.cases: list[str] = []
        self.flights: list[Flight] = []
        self.took: Counter[str] = Counter()
        self.message_ids: dict[str, str] = {}
        self.answered: set[str] = set()

    def _flight(self, number: int) -> Flight:
        return self.flights[number % len(self.flights)]

    @initialize(
        many=st.integers(1, 2), alone=st.booleans(), held_back=st.booleans(), minutes=st.sampled_from([0, 1, 5])
    )
    def opens(self, many: int, alone: bool, held_back: bool, minutes: int) -> None:
        """Somebody opens cases, in a house with two channels or with one alone: its doubts are repeated.

        With `minutes`, whoever is asked has said that her second channel follows so long after the first.
        """
        carriers = CARRIERS.partition("[carriers.sms]")[0] if alone else CARRIERS
        self.told = Told(Path(self.folder.name) / "data", carriers)
        if minutes:
            house = self.told.house
            first, second = (one.name for one in channels_of(house, house.procedures.directory(), ASKED))
            set_rules(house, ASKED, [ChannelRule(first), ChannelRule(second, minutes)], "shell")
        self.cases = [self.told.opened().state.case_id for _ in range(many)]
        if held_back:
            self.holds_back(WORKERS[0])
            self.told.clock.pass_by(seconds=3)

    @rule(acts=st.lists(st.tuples(st.sampled_from(ACTS), pick, pick), min_size=6, max_size=6))
    def goes_on(self, acts: Sequence[tuple[str, int, int]]) -> None:
        """One rule for all: Hypothesis would leave some out in most of its stories, and nothing would be sent."""
        for act, number, how in acts:
            self._does(act, number, how)

    def _does(self, act: str, number: int, how: int) -> None:
        match act:
            case "claims":
                self.claims(WORKERS[number % 2], 1 + how % 3, reached=how)
            case "speaks" if self.flights:
                self.speaks(number, how)
            case "reaches" if self.flights:
                self.reaches(number)
            case "is_noted" if any(flight.taken for flight in self.flights):
                self.is_noted(number)
            case _:
                self._befalls(act, number)

    def _befalls(self, act: str, number: int) -> None:
        """What needs no attempt under way."""
        match act:
            case "holds back":
                self.holds_back(WORKERS[number % 2])
            case "dies":
                self.dies(WORKERS[number % 2])
            case "passes":
                self.told.clock.pass_by(seconds=PAUSES[number % len(PAUSES)])
            case "gives up":
                self.told.house.handling.settle_lapsed()
            case "answers":
                self.answers(number)
            case "comes_back":
                self.comes_back(number)

    def claims(self, worker: str, most: int, reached: int = 0) -> None:
        """A sender takes what is due; some of it is in its carrier's hands at once, whoever learns of it."""
        now, house = self.told.clock.now(), self.told.house
        claimed = outbox.claim(house.database, worker=worker, now=now, lease_seconds=LEASE_SECONDS, limit=most)
        for together in side_by_side(house, claimed):
            for one in with_others(house, together, worker):
                self._may_be_sent(one, now)
                self.flights.append(Flight(one, worker, now))
                if reached % 2:
                    self.reaches(len(self.flights) - 1)
            reached //= 2

    def holds_back(self, worker: str) -> None:
        """Its carrier had its share of the minute: what is due waits for its moment, and may leave as one then."""
        now, house = self.told.clock.now(), self.told.house
        paced = FailedTemporary("paced", 2.5)
        claimed = outbox.claim(house.database, worker=worker, now=now, lease_seconds=LEASE_SECONDS, limit=3)
        house.handling.settle([settled(one, paced, house) for one in claimed])

    def _may_be_sent(self, one: Delivery, now: datetime) -> None:
        assert one.about not in self.answered or one.purpose not in WAITING_FOR_AN_ANSWER, "sent after its answer"
        assert self.message_ids.setdefault(one.delivery_id, one.message_id) == one.message_id
        ends = timedelta(seconds=LEASE_SECONDS)
        held = [f for f in self.flights if f.delivery.delivery_id == one.delivery_id and f.begun + ends > now]
        assert not held, "two senders have it in hand"

    def reaches(self, number: int) -> None:
        """It is in the carrier's hands, whoever learns of it."""
        flight = self._flight(number)
        if not flight.taken:
            flight.taken = True
            self.took[flight.delivery.delivery_id] += 1
            assert self.took[flight.delivery.delivery_id] <= 2, "a carrier took it three times"

    def speaks(self, number: int, how: int) -> None:
        """The carrier says what it did, or its silence is taken for a doubt; maybe long after the lease."""
        flight = self._flight(number)
        words = TOOK if flight.taken else DID_NOT
        self.flights.remove(flight)
        self.told.house.handling.settle([settled(flight.delivery, words[how % len(words)], self.told.house)])

    def is_noted(self, number: int) -> None:
        """In a crowd the rules are told later: first it is only noted that it was taken."""
        taken = [flight for flight in self.flights if flight.taken]
        word = settled(taken[number % len(taken)].delivery, Accepted("x-3"), self.told.house)
        self.told.house.handling.note_taken([word], self.told.clock.now() + timedelta(seconds=LEASE_SECONDS))

    def dies(self, worker: str) -> None:
        """A sender is killed, and started again."""
        self.flights = [flight for flight in self.flights if flight.worker != worker]
        free_leases(self.told.house.database, worker, self.told.clock.now())

    def answers(self, number: int) -> None:
        """Somebody takes a handoff."""
        self.told.case_id = self.cases[number % len(self.cases)]
        asked = [row for row in self._rows() if row.case_id == self.told.case_id and row.about is not None]
        if asked and asked[0].about not in self.answered:
            self.told.say(AcceptHandoff, ref=asked[0].about)
            self.answered.add(asked[0].about)

    def comes_back(self, number: int) -> None:
        """A mail that was taken is returned for good."""
        taken = [row for row in self._rows() if self.took[row.delivery_id] and row.state == "accepted"]
        if taken:
            name, now = taken[number % len(taken)].delivery_id, self.told.clock.now()
            word = SettledDelivery(name, SettledResult.PERMANENT, now, code="undelivered", returned=True)
            self.told.house.handling.settle([word])

    def teardown(self) -> None:
        """The faults end: all comes to rest, and then all that was promised must be true."""
        try:
            self._come_to_rest()
            for case_id in self.cases:
                self._look(case_id)
        finally:
            self.told.close()
            self.folder.cleanup()

    def _come_to_rest(self) -> None:
        self.flights = []
        for _ in range(60):
            self.told.clock.pass_by(seconds=301)
            self.told.house.handling.settle_lapsed()
            self.claims("one", 3)
            for flight in list(self.flights):
                self.reaches(self.flights.index(flight))
                self.speaks(self.flights.index(flight), 0)
            if not [row for row in self._rows() if row.state in WAITING]:
                return
        raise AssertionError("something waits for ever")

    def _look(self, case_id: str) -> None:
        with self.told.house.database.read() as connection:
            events = [one.event for one in read_events(connection, self.told.house.keyring, case_id)]
        rows = [row for row in self._rows() if row.case_id == case_id]
        said = {one.alert_id for one in events if isinstance(one, AlertSettled)}
        doubted = {one.alert_id for one in events if isinstance(one, DeliveryUncertain)}
        for one in events:
            if isinstance(one, AlertQueued):
                ours = [row for row in rows if row.alert_id == one.alert_id]
                answered = one.about in self.answered and any(row.withdrawn for row in ours)
                assert one.alert_id in said or answered, f"lost: {[(row.state, row.code) for row in ours]}"
        for row in rows:
            assert row.state != "accepted" or self.took[row.delivery_id], "nobody took it"
            assert self.took[row.delivery_id] < 2 or row.alert_id in doubted, "taken twice without a word"

    def _rows(self) -> Sequence[Any]:
        with self.told.house.database.read() as connection:
            return connection.execute(select(DeliveryRecord.__table__).order_by(DeliveryRecord.delivery_id)).all()


TestMessages = pytest.mark.slow(Messages.TestCase)
TestMessages.settings = settings(
    max_examples=100,
    stateful_step_count=10,
    deadline=None,
    # Each story takes a tenth of a second: to make a bad one short takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
