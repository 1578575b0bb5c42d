"""So many mails by stock Apprise in eight threads: `python -m benchmarks.peers.stock_rate MAIL_PORT MAILS`; the rate.

A process of its own: in ours only our own services are registered.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.peers.errands import send


def main() -> None:
    """Write how many went in a second."""
    port, mails = int(sys.argv[1]), int(sys.argv[2])
    with ThreadPoolExecutor(8) as hands:
        send(port, "first")  # what is loaded once counts for nobody
        began = time.perf_counter()
        for sent in [hands.submit(send, port, f"to{number}") for number in range(mails)]:
            sent.result()
        sys.stdout.write(f"{mails / (time.perf_counter() - began)}\n")


if __name__ == "__main__":
    main()
