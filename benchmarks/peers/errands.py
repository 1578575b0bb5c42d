"""What the peers share: reading errands, and one mail through stock Apprise."""

import sys
from collections.abc import Callable

import apprise

SENDER = "staffetta@example.org"
BODY = "x" * 400


def send(port: int, who: str) -> None:
    """One mail, by stock Apprise as its pages show it. Raises RuntimeError where it did not go."""
    carrier = apprise.Apprise()
    carrier.add(f"mailto://127.0.0.1:{port}/?from={SENDER}&to={who}@example.org")
    if not carrier.notify(title="Staffetta", body=BODY):
        raise RuntimeError(who)


def run_errands(
    open_one: Callable[[str], object],
    remind: Callable[[str, float], object],
    wait: Callable[[str], object],
) -> None:
    """Do what each line asks until there are no more."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        match line.split():
            case ["open", who]:
                open_one(who)
            case ["remind", who, seconds]:
                remind(who, float(seconds))
            case ["wait", who]:
                wait(who)
                sys.stdout.write("waiting\n")
                sys.stdout.flush()
            case _:
                raise ValueError(line)
