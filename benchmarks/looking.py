"""Somebody who looks at the desk's page again and again, in a process of their own.

In one process with those who open cases they would wait for each other.

What comes in is a line with the cookie of a browser; what goes out, once the input ends, is a line of JSON with the
milliseconds of each look.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

LOOK_EVERY = 0.05
TIMEOUT = 30.0


def watched(port: int, cookie: str, work: Callable[[], object]) -> Sequence[float]:
    """Look while `work` goes on; milliseconds of each look. Raises RuntimeError where looking failed."""
    with subprocess.Popen(  # noqa: S603  # this interpreter and a module of ours
        [sys.executable, "-m", "benchmarks.looking", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as looking:
        assert looking.stdin is not None
        assert looking.stdout is not None
        looking.stdin.write(f"{cookie}\n")
        looking.stdin.flush()
        looking.stdout.readline()  # it is there: its own start is not measured
        try:
            work()
        finally:
            looking.stdin.close()
            said = looking.stdout.read()
    if looking.returncode != 0:
        raise RuntimeError(f"looking at the desk's page ended with {looking.returncode}")
    looks: list[float] = json.loads(said)
    return looks


def _look(port: int) -> None:
    cookie = sys.stdin.readline().strip()
    over = threading.Event()

    def until_told() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=until_told, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    looks: list[float] = []
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not over.is_set():
        started = time.monotonic()
        connection.request("GET", "/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.HTTPStatus.OK, answer.status
        looks.append((time.monotonic() - started) * 1000)
        over.wait(LOOK_EVERY)
    sys.stdout.write(json.dumps(looks))


if __name__ == "__main__":
    _look(int(sys.argv[1]))
