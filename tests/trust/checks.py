"""What must hold when the faults are over (trust.md, *What must hold*), each looked at from outside of the rules."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.trail import verify
from tests.trust.people import Told
from tests.trust.report import RowResult
from tests.trust.scene import Scene, until

LATE = 5.0
"""Real seconds."""
ENDED = frozenset({"accepted", "withdrawn", "uncertain", "permanent"})


@dataclass(frozen=True)
class Row:
    """Which row its results belong to."""

    name: str
    size: str
    seed: int

    def result(self, invariant: str, tried: int, broken: Iterable[object], detail: str = "") -> RowResult:
        """One line: how many were broken, and the first of them."""
        found = [str(one) for one in broken]
        said = "; ".join(filter(None, (detail, f"first: {found[0]}" if found else "")))
        return RowResult(self.name, self.size, self.seed, invariant, tried, len(found), said)


def rows(scene: Scene, query: str, *values: object) -> list[Any]:
    """What a query finds, read as any program would."""
    with scene.house.database.read() as connection:
        return list(connection.exec_driver_sql(query, values).all())


def unsettled(scene: Scene) -> int:
    """How many messages still wait or are under way."""
    query = "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'sending', 'temporary')"
    return int(rows(scene, query)[0][0])


def still_open(scene: Scene) -> list[str]:
    """Codes of the cases that have not ended."""
    return [code for (code,) in rows(scene, "SELECT code FROM cases WHERE status = 'open'")]


def trail_holds(scene: Scene, row: Row) -> list[RowResult]:
    """I1 and I5: states follow from events, chains are whole."""
    found = verify(scene.house.database, scene.house.keyring)
    states = [fault for fault in found.faults if fault.code not in {"hash", "chain", "tail"}]
    chains = [fault for fault in found.faults if fault.code in {"hash", "chain", "tail"}]
    return [
        row.result("I1 one state, equal to the replay of its events", found.cases, states),
        row.result("I5 the chain verifies", found.events, chains),
    ]


def told_is_saved(scene: Scene, row: Row, told: Told) -> list[RowResult]:
    """I2: what somebody was told is saved is in the trail."""
    codes = {code for (code,) in rows(scene, "SELECT code FROM cases")}
    lost = [code for code in told.opened if code not in codes]
    kinds = {"accept": "handoff_accepted", "complete": "handoff_completed"}
    query = (
        "SELECT kind, payload FROM events WHERE kind IN ('handoff_accepted', 'handoff_completed', 'answer_came_late')"
    )
    said = {(kind, json.loads(payload)["ref"]) for kind, payload in rows(scene, query)}
    gone = [(ref, what) for ref, what in told.answered if not {(kinds[what], ref), ("answer_came_late", ref)} & said]
    tried = len(told.opened) + len(told.answered)
    return [
        row.result("I2 what was told is saved is in the trail", tried, [*lost, *gone]),
        row.result("I2 nobody was told something else than yes or again", tried, told.refused),
    ]


def nothing_lost_or_doubled(scene: Scene, row: Row) -> list[RowResult]:
    """I3: what the server kept, against the outbox and the trail."""
    kept = Counter(mail.message_id for mail in scene.mail.received())
    query = "SELECT delivery_id, alert_id, message_id, state, channel FROM deliveries"
    outbox = rows(scene, query)
    known = {one.message_id for one in outbox}
    lost = [one.delivery_id for one in outbox if one.state == "accepted" and not kept[one.message_id]]
    stuck = [one.delivery_id for one in outbox if one.state not in ENDED]
    strange = [message_id for message_id in kept if message_id not in known]
    doubled = [one for one in outbox if kept[one.message_id] > 1]
    doubts = doubted_alerts(scene)
    unsaid = [one.delivery_id for one in doubled if one.alert_id not in doubts]
    thrice = [one.delivery_id for one in doubled if kept[one.message_id] > 2]
    figures = f"{sum(kept.values())} mails, {len(doubled)} twice"
    return [
        row.result("I3 nothing lost: what was taken is at the server", len(outbox), [*lost, *strange], figures),
        row.result("I3 nothing stuck in the outbox", len(outbox), stuck),
        row.result("I3 a doubled message says uncertain in the trail", len(doubled), unsaid),
        row.result("I3 at most twice", len(outbox), thrice),
    ]


def doubted_alerts(scene: Scene) -> set[str]:
    """Alerts of which the trail says that nobody knows whether they arrived before."""
    query = "SELECT payload FROM events WHERE kind = 'delivery_uncertain'"
    return {str(json.loads(payload)["alert_id"]) for (payload,) in rows(scene, query)}


def deadlines_kept(
    scene: Scene, row: Row, outages: Sequence[tuple[datetime, datetime]], early: float = LATE
) -> list[RowResult]:
    """I4: no deadline was passed late but for an outage of who passes them, and none early. All in real seconds."""
    speed = scene.house.clock.speed
    query = "SELECT at, payload FROM events WHERE kind IN ('rung_climbed', 'deadline_passed')"
    late, too_soon, worst = [], [], 0.0
    found = rows(scene, query)
    for at_text, payload in found:
        at, due = _moment(at_text), _moment(json.loads(payload)["due_at"])
        excused = max([due, *(end for begin, end in outages if begin <= at and due <= end)])
        lateness = (at - excused).total_seconds() / speed
        worst = max(worst, lateness)
        if lateness > LATE:
            late.append(f"{lateness:.1f} s")
        if (at - due).total_seconds() / speed < -early:
            too_soon.append(payload)
    return [
        row.result("I4 no deadline more than 5 s late after who passes it is back", len(found), late, f"{worst:.2f} s"),
        row.result("I4 no deadline early", len(found), too_soon),
    ]


def _moment(said: object) -> datetime:
    found = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def history_differs(scene: Scene) -> list[str]:
    """I9: pathway runs that the history does not tell to their end."""
    query = (
        "SELECT r.ref FROM runs r LEFT JOIN flow_runs f ON f.run_id = r.run_id "
        "LEFT JOIN run_wakes w ON w.run_id = r.run_id "
        "WHERE f.run_id IS NULL OR w.wanted_seq > w.done_seq OR "
        "(r.ended_at IS NOT NULL AND f.state_name <> 'Completed')"
    )
    return [ref for (ref,) in rows(scene, query)]


def history_follows(scene: Scene, row: Row, within: float) -> RowResult:
    """I9: the history reaches the trail within so many seconds from now."""
    began = time.monotonic()
    until(lambda: not history_differs(scene), within, every=0.5)
    runs = rows(scene, "SELECT count(*) FROM runs")[0][0]
    figures = f"{time.monotonic() - began:.0f} s after the faults"
    return row.result("I9 runs and trail agree", runs, history_differs(scene), figures)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def soon_enough(row: Row, invariant: str, seconds: Mapping[str, Sequence[float]], limit: float) -> RowResult:
    """Whether the 99th percentile of all is within the limit; each kind's own beside it."""
    whole = [one for some in seconds.values() for one in some]
    said = ", ".join(
        f"{name} p50 {percentile(some, 0.5):.2f} p99 {percentile(some, 0.99):.2f}" for name, some in seconds.items()
    )
    broken = [f"p99 {percentile(whole, 0.99):.2f} s"] if percentile(whole, 0.99) > limit else []
    return row.result(f"{invariant} p99 <= {limit:g} s", len(whole), broken, said)
