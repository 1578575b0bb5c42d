"""Plain Prefect as its pages teach it: a flow with a task, served as a deployment, triggered by `run_deployment`.

`python -m benchmarks.peers.plain_prefect serve` serves the flow; with a mail port instead it takes errands. Both
find the server by the environment.
"""

import asyncio
import sys
import threading
import time

from prefect import flow, task
from prefect.deployments import arun_deployment

from benchmarks.peers.errands import run_errands, send

DEPLOYMENT = "alert/bench"


@task
def mail(port: int, who: str) -> None:
    """The task that sends."""
    send(port, who)


@flow(name="alert")
def alert(port: int, who: str, due: float = 0.0) -> None:
    """Wait until it is due (Unix seconds), then send."""
    time.sleep(max(0.0, due - time.time()))  # the reminder is asked for that moment
    mail(port, who)


def main() -> None:
    """Serve, or run errands."""
    if sys.argv[1] == "serve":
        alert.serve(name="bench")
        return
    port = int(sys.argv[1])
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    def start(who: str, seconds: float) -> None:
        asked = {"port": port, "who": who, "due": time.time() + seconds}
        asyncio.run_coroutine_threadsafe(arun_deployment(DEPLOYMENT, parameters=asked, timeout=0), loop)

    run_errands(lambda who: start(who, 0.0), start, lambda who: start(who, 3600.0))


if __name__ == "__main__":
    main()
