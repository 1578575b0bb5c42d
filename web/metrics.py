"""`/metrics`: counts and ages for a monitor that speaks Prometheus. No reference, no code, nobody's name.

Open to this machine as long as no proxy stands in front of the desk; else to a key that was given `metrics`.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from models.apikeys import KeyRefused
from models.programs import Operation
from models.pulse import Pulse, pulse
from models.settings_values import is_loopback
from procedures.case import OPEN_STATES
from procedures.errors import StaffettaError
from web.api.failures import OperationNotGiven
from web.api.keys import caller, check_given
from web.desk import Desk, OurDesk

router = APIRouter()
FORM = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@router.api_route("/metrics", methods=["GET", "HEAD"])
def metrics(request: Request, desk: OurDesk) -> Response:
    """The figures of this moment."""
    try:
        if not from_this_machine(request, desk):
            check_given(caller(desk, request.headers), Operation.METRICS)
    except (KeyRefused, OperationNotGiven):
        return PlainTextResponse("401\n", status_code=401, headers={"WWW-Authenticate": 'Bearer realm="staffetta"'})
    registry = CollectorRegistry()
    try:
        registry.register(Figures(pulse(desk.house.database, desk.now), desk.now))
    except StaffettaError as failure:
        return PlainTextResponse(f"{failure.code}\n", status_code=503)
    return Response(generate_latest(registry), media_type=FORM)


def from_this_machine(request: Request, desk: Desk) -> bool:
    """Whether somebody on this machine asks. Behind a proxy everybody seems to: then nobody passes for it."""
    if not is_loopback(urlsplit(desk.origins.base_url).hostname) or any(name in request.headers for name in FORWARDED):
        return False
    return request.client is not None and is_loopback(request.client.host)


class Figures(Collector):
    """The figures of one moment, under the names that monitors know."""

    def __init__(self, found: Pulse, now: datetime) -> None:
        self._found = found
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Every figure; an age is 0 where nothing waits. Ages are seconds of the house's clock."""
        found = self._found
        yield _gauge("cases_open", "Open cases.", found.open_cases)
        handoffs = GaugeMetricFamily("staffetta_handoffs", "Open handoffs by state.", labels=["state"])
        for state in sorted(OPEN_STATES):
            handoffs.add_metric([state.value], found.handoffs.get(state, 0))
        yield handoffs
        yield _gauge("handoffs_overdue", "Handoffs that stand overdue before a coordinator.", found.overdue)
        yield _gauge("messages_queued", "Messages that wait for their sender or for another try.", found.queued)
        yield _gauge("messages_sending", "Messages that are being sent.", found.sending)
        yield _gauge("messages_uncertain", "Messages of open cases that may not have arrived.", found.uncertain)
        yield _gauge("message_due_age_seconds", "How long the oldest due message waits.", self._age(found.late.message))
        yield _gauge("deadline_late_seconds", "How late the oldest deadline is.", self._age(found.late.deadline))
        yield _gauge("history_runs_behind", "Pathway runs whose history is behind the trail.", found.history_waiting)
        yield _gauge("history_behind_seconds", "How long the first of them waits.", self._age(found.history_since))
        yield _gauge(
            "history_differences", "What Prefect's record has otherwise than the trail.", found.history_reports
        )
        checks = GaugeMetricFamily("staffetta_check_faults", "What the latest check found.", labels=["check"])
        ages = GaugeMetricFamily("staffetta_check_age_seconds", "How long ago that was.", labels=["check"])
        for check in found.checks:
            checks.add_metric([check.name], check.faults)
            ages.add_metric([check.name], self._age(check.at))
        yield from (checks, ages)
        yield _gauge(
            "carriers_in_trouble", "Carriers whose latest messages did not leave.", len(found.troubled_carriers)
        )

    def _age(self, since: datetime | None) -> float:
        return 0.0 if since is None else max(0.0, (self._now - since).total_seconds())


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"staffetta_{name}", about, value=value)
