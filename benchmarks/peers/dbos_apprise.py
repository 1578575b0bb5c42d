"""DBOS with stock Apprise in a step: `python -m benchmarks.peers.dbos_apprise MAIL_PORT DATABASE_URL`."""

import asyncio
import sys
import threading
from typing import Any

from dbos import DBOS, DBOSConfig

from benchmarks.peers.errands import run_errands, send

AN_HOUR = 3600.0


@DBOS.step()
def mail(port: int, who: str) -> None:
    """The step that is done again where it is not known to be done."""
    send(port, who)


@DBOS.workflow()
def alert(port: int, who: str) -> None:
    """Kept before it is done."""
    mail(port, who)


@DBOS.workflow()
async def remind(port: int, who: str, seconds: float) -> None:
    """A durable sleep, then the mail."""
    await DBOS.sleep_async(seconds)
    await asyncio.to_thread(mail, port, who)


@DBOS.workflow()
async def wait() -> None:
    """For an answer that does not come."""
    await DBOS.recv_async("answer", timeout_seconds=AN_HOUR)


def main() -> None:
    """Run errands."""
    port, url = int(sys.argv[1]), sys.argv[2]
    config: DBOSConfig = {"name": "bench", "system_database_url": url, "log_level": "ERROR"}
    DBOS(config=config)
    DBOS.launch()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def start(workflow: Any, *arguments: object) -> None:
        asyncio.run_coroutine_threadsafe(DBOS.start_workflow_async(workflow, *arguments), loop).result()

    run_errands(
        lambda who: DBOS.start_workflow(alert, port, who),
        lambda who, seconds: start(remind, port, who, seconds),
        lambda _who: start(wait),
    )


if __name__ == "__main__":
    main()
