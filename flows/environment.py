"""What Prefect must find in the environment before it is imported: its own house, no telemetry, a password, no results.

Each setting was measured or read in Prefect's code; `docs/prefect.md` says what happens without it.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
A_DAY = "86400"


@dataclass(frozen=True)
class PrefectHouse:
    """Where Prefect lives inside the data folder, and the port on which it answers."""

    data: Path
    port: int
    ui: bool = False
    database_url: str | None = None
    """Where its database is, if not in the data folder: `postgresql+asyncpg://…`."""

    @property
    def home(self) -> Path:
        """Prefect's own folder: its database, its password, nothing that is needed to run a case."""
        return self.data.resolve() / "prefect"

    @property
    def api_url(self) -> str:
        """Where engine and server meet; always said, because without it Prefect starts a server of its own."""
        return f"http://{LOOPBACK}:{self.port}/api"

    @property
    def database(self) -> str:
        """Where Prefect keeps what it is told."""
        return self.database_url or f"sqlite+aiosqlite:///{quote(str(self.home / 'prefect.db'))}"

    def password(self) -> str:
        """The shared password of server and engine, drawn at first use and kept for this user alone."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self.home / "password"
        try:
            descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return kept.read_text(encoding="ascii")
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"staffetta:{secrets.token_urlsafe(32)}")
        return kept.read_text(encoding="ascii")


ALWAYS: Mapping[str, str] = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # No automations, workers or pauses that expire here: each of these would only write, or wait to write.
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    # Task runs and events are written some at a time: each transaction makes another one on SQLite fail.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
    # Whole seconds: its server makes 0.5 into 0, and would look for something to write without a pause.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_LOGGING_TO_API_ENABLED": "true",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": A_DAY,
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    # A killed engine can leave the server's SQLite locked for a minute: what hangs is given up and asked again.
    "PREFECT_API_REQUEST_TIMEOUT": "8",
    "PREFECT_CLIENT_MAX_RETRIES": "3",
}
"""What is the same in every house."""


def prefect_environment(house: PrefectHouse) -> dict[str, str]:
    """All that server and engine must agree on, as environment variables."""
    password = house.password()
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(house.home),
        "PREFECT_API_URL": house.api_url,
        "PREFECT_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(house.port),
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://{LOOPBACK}:{house.port}",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": house.database,
        "PREFECT_SERVER_UI_ENABLED": "true" if house.ui else "false",
        **ALWAYS,
    }


def environment_with_prefect(house: PrefectHouse) -> dict[str, str]:
    """The environment of a child process: ours, without whatever Prefect settings the caller's shell has."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    return inherited | prefect_environment(house)
