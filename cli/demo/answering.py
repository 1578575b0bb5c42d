"""The sample services: they read what really arrived, follow its link, type its code, and answer like people."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpx2

from cli.demo.cast import PARTS, Manner
from cli.demo.forms import form_with, forms_of
from cli.demo.received import Received

LOOK_EVERY = 0.05
ANSWER_AFTER = 1.0
"""Wall seconds before somebody answers: a person reads first."""
REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")


@dataclass(frozen=True)
class Scene:
    """What the sample services live in."""

    inbox: Callable[[], tuple[Received, ...]]
    step_of: Callable[[str], str | None]
    coordinators: frozenset[str]
    pins: Mapping[str, str]
    """The PIN that each person knows, by every address of hers."""
    now: Callable[[], datetime]
    """The case's own time."""


class Services:
    """Everybody of the sample network, in one thread. `faults` tells which page did not do as promised."""

    def __init__(self, scene: Scene) -> None:
        self.faults: list[str] = []
        self._scene = scene
        self._client = httpx2.Client(timeout=10, follow_redirects=False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sample services", daemon=True)
        self._read_so_far = 0
        self._waiting: list[tuple[float, Received]] = []
        self._ignored: dict[str, Received] = {}
        self._declined: set[str] = set()

    def start(self) -> None:
        """Begin to read and answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop reading; whatever is being answered is finished."""
        self._stop.set()
        self._thread.join()
        self._client.close()

    def _work(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            received = self._scene.inbox()
            fresh = [message for message in received[self._read_so_far :] if message.link]
            self._read_so_far = len(received)
            self._waiting += [(time.monotonic() + ANSWER_AFTER, message) for message in fresh]
            due = [entry for entry in self._waiting if entry[0] <= time.monotonic()]
            self._waiting = [entry for entry in self._waiting if entry not in due]
            for _, message in due:
                self._try(message)

    def _try(self, message: Received) -> None:
        try:
            self._read(message)
        except httpx2.TransportError:
            # The desk is being started again: a person would tap the link once more a little later.
            self._waiting.append((time.monotonic() + ANSWER_AFTER, message))

    def _manner(self, message: Received) -> tuple[str, Manner]:
        found = REFERENCE.search(message.body)
        ref = found[0] if found else ""
        step = self._scene.step_of(ref)
        if message.recipient in self._scene.coordinators:
            return ref, Manner.PROMPT
        return ref, PARTS.get(step or "", Manner.PROMPT)

    def _read(self, message: Received) -> None:
        """Open the link, type the code, and do what the page asks in one's own manner."""
        ref, manner = self._manner(message)
        if manner is Manner.SILENT:
            return
        link = message.link or ""
        first = self._client.get(link)
        opened = self._client.post(link, data={"code": message.code or ""})
        if HTTPStatus.GONE in {first.status_code, opened.status_code}:
            return
        if first.status_code != HTTPStatus.OK or opened.status_code != HTTPStatus.OK:
            self.faults.append(f"{ref}: {first.status_code}/{opened.status_code}")
        elif form_with(opened.text, "accept"):
            self._answer(ref, manner, message, opened.text)
        elif form_with(opened.text, "complete"):
            self._bring_home(ref, message, opened.text)

    def _answer(self, ref: str, manner: Manner, message: Received, page: str) -> None:
        if manner is Manner.LATE and ref not in self._ignored:
            self._ignored[ref] = message
        elif manner is Manner.DECLINES_ONCE and not self._declined:
            self._declined.add(ref)
            self._press(ref, message, page, "decline")
        else:
            self._press(ref, message, page, "accept")
        if manner is Manner.TWICE:
            self._press(ref, message, page, "decline")

    def _press(self, ref: str, message: Received, page: str, button: str) -> None:
        form = form_with(page, button)
        if form is None:
            self.faults.append(f"{ref}: no {button}")
            return
        typed = form.filled(button, self._scene.now())
        if "pin" in typed:
            typed["pin"] = self._scene.pins[message.recipient]
        answer = self._client.post(message.link or "", data=typed)
        if answer.status_code != HTTPStatus.OK:
            self.faults.append(f"{ref}: {button} {answer.status_code}")

    def _bring_home(self, ref: str, message: Received, page: str) -> None:
        if form_with(page, "first_sign"):
            self._press(ref, message, page, "first_sign")
        results = [form for form in forms_of(page) if "result" in form.hidden]
        answer = self._client.post(message.link or "", data=results[0].filled("complete", self._scene.now()))
        if answer.status_code != HTTPStatus.OK:
            self.faults.append(f"{ref}: complete {answer.status_code}")
