"""A house that is told to stop stops, wherever in its waiting the signal meets it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.stopping import ToldToStop

ROOT = Path(__file__).parents[2]
EVERY_INSTRUCTION = """
import signal, sys
from flows.stopping import ToldToStop

def told_at(wanted):
    told, seen = ToldToStop(), 0
    told.listen()

    def look(frame, event, argument):
        nonlocal seen
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen += 1
            if seen == wanted:
                signal.raise_signal(signal.SIGTERM)
        return look

    sys.settrace(look)
    signal.setitimer(signal.ITIMER_REAL, 0.02)  # ends the waiting that goes by fewer instructions than are wanted
    told.wait()
    sys.settrace(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert told.is_set()
    return seen >= wanted

signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
wanted = 1
while told_at(wanted):
    wanted += 1
assert wanted > 10, wanted
print("stopped each time")
"""


@pytest.mark.slow
def test_a_signal_at_any_instruction_of_the_waiting_ends_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", EVERY_INSTRUCTION], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.stdout == "stopped each time\n", ended.stderr


def test_a_signal_before_the_waiting_is_not_forgotten_and_a_second_one_does_no_harm() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    told = ToldToStop()
    try:
        told.listen()
        assert not told.is_set()
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        told.wait()
        assert told.is_set()
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)


HEARD_BY_ANOTHER_THREAD = """
import signal, threading, time
from flows.stopping import ToldToStop

told = ToldToStop()
told.listen()
busy = threading.Thread(target=time.sleep, args=(60,), daemon=True)
busy.start()
threading.Timer(0.2, signal.pthread_kill, (busy.ident, signal.SIGTERM)).start()
told.wait()
print("stopped")
"""


def test_a_signal_that_the_system_gives_to_another_thread_ends_the_waiting() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HEARD_BY_ANOTHER_THREAD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert ended.stdout == "stopped\n", ended.stderr
