"""A mail server in a process of its own that prints, for each mail, when it was accepted: `python -m benchmarks.sink`.

The first line is its port; then one line a mail: recipient, Message-ID, and Unix time in nanoseconds.
"""

import sys
import time

from cli.demo.mailserver import MailServer

LOOK_EVERY = 0.01


def main() -> None:
    """Serve until standard input is closed by whoever started this."""
    with MailServer.start() as server:
        print(server.port, flush=True)  # noqa: T201 - the parent reads it
        told = 0
        while True:
            received = server.received()
            for mail in received[told:]:
                print(mail.recipient, mail.message_id, int(mail.at.timestamp() * 1e9), flush=True)  # noqa: T201
            told = len(received)
            time.sleep(LOOK_EVERY)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)
