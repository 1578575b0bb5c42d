"""A mail server in a process of its own that says, for each mail, when it took it: `python -m benchmarks.sink`.

The first line is its port; then one line a mail: monotonic nanoseconds (the machine's, so that processes may compare
them), Unix nanoseconds, recipient, Message-ID. It ends when whoever started it tells it to.
"""

import asyncio
import logging
import re
import sys
import time

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Taker:
    """Takes every mail, and keeps nothing of it."""

    # The name that the library calls.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Say when it came; the answer goes out right after."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(raw)
        message_id = found[1].decode("ascii", "replace") if found else "-"
        line = f"{time.monotonic_ns()} {time.time_ns()} {envelope.rcpt_tos[0]} {message_id}\n"
        sys.stdout.write(line)
        sys.stdout.flush()
        return "250 2.0.0 Ok: queued"


async def main() -> None:
    """Serve until stopped."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Taker(), hostname="mail.example.org", ident="ready", loop=loop), "127.0.0.1", 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)
