"""Stock Apprise and eight threads; nothing is kept: `python -m benchmarks.peers.stock_apprise MAIL_PORT`."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from benchmarks.peers.errands import run_errands, send


def main() -> None:
    """Run errands."""
    port = int(sys.argv[1])

    def remind(who: str, seconds: float) -> None:
        timer = threading.Timer(seconds, send, (port, who))
        timer.daemon = True
        timer.start()

    with ThreadPoolExecutor(8) as hands:
        run_errands(lambda who: hands.submit(send, port, who), remind, lambda who: remind(who, 3600))


if __name__ == "__main__":
    main()
