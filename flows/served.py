"""The regular work of the house as deployments with schedules in Prefect, run by the engine in its own process.

Prefect's `serve()` starts a process for each run; here the engine asks for what is scheduled, and runs it.
"""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import PrefectSignal
from prefect.flow_engine import run_flow_async
from prefect.states import Cancelled, Completed, Failed

from flows.journal import Journal, error_code
from flows.verifying import VerificationFailed, Verifier

VERIFIER: ContextVar[Verifier] = ContextVar("verifier")
DEPLOYMENT = "every night"
CRON = "15 3 * * *"
"""By the house's clock on the wall; neither of the two DST nights skips or doubles a quarter past three."""
HOUSE_ZONE = "Europe/Rome"
LOOK_EVERY = 30.0
MISSED = "The house was not running then. A later one was run."


@flow(name="verification of the trail", persist_result=False, validate_parameters=False, log_prints=False)
async def nightly_verification() -> State[Any]:
    """Derive every state of every case again from the trail, and compare it with what is kept."""
    try:
        found = await VERIFIER.get().verify()
    except Exception as error:  # noqa: BLE001 - Prefect would store its text
        return Failed(message=error_code(error))
    said = f"{found.tried} cases, {found.faults} faults"
    return Failed(message=f"{said}: {found.note}") if found.faults else Completed(message=said)


@dataclass
class Serving:
    """What is served, and by whom."""

    client: PrefectClient
    verifier: Verifier
    journal: Journal
    _deployment: UUID | None = None

    async def run(self) -> None:
        """Serve for ever. A fault is written down and tried again at the next look."""
        while True:
            try:
                await self.serve_due()
            except (Exception, PrefectSignal) as error:  # noqa: BLE001 - the next look comes
                self._deployment = None
                self.journal.warning("serving-stumbled", error=error_code(error))
            await asyncio.sleep(LOOK_EVERY)

    async def serve_due(self) -> int:
        """Run what is scheduled for now: the latest, where several nights were missed. How many there were."""
        if self._deployment is None:
            self._deployment = await deploy(self.client)
        due = await self.client.get_scheduled_flow_runs_for_deployments([self._deployment], datetime.now(UTC))
        due.sort(key=_scheduled_for)
        for missed in due[:-1]:
            await self.client.set_flow_run_state(missed.id, Cancelled(message=MISSED), force=True)
        for flow_run in due[-1:]:
            await self._run(flow_run)
        return len(due)

    async def _run(self, flow_run: FlowRun) -> None:
        token = VERIFIER.set(self.verifier)
        try:
            left: Any = await run_flow_async(nightly_verification, flow_run=flow_run, return_type="state")
        finally:
            VERIFIER.reset(token)
        if not isinstance(left, State) or not left.is_completed():
            raise VerificationFailed
        self.journal.info("trail-verified")


async def deploy(client: PrefectClient) -> UUID:
    """Make the deployment, or find it; its schedule is active."""
    schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron=CRON, timezone=HOUSE_ZONE), active=True)
    return await client.create_deployment(
        flow_id=await client.create_flow(nightly_verification),
        name=DEPLOYMENT,
        description="Runs in the engine's own process. Its result is kept in the house, too.",
        schedules=[schedule],
        tags=["house"],
        paused=False,
        enforce_parameter_schema=False,
        parameter_openapi_schema={"type": "object", "properties": {}},
    )


def _scheduled_for(flow_run: FlowRun) -> datetime:
    return flow_run.expected_start_time or datetime.min.replace(tzinfo=UTC)
