"""T17: does the time of an answer tell what its words do not? Two people, one case, one of them a stranger to it.

Somebody without a relation asks for a case that exists and for one that does not, in turn, at the pages and forms of
the desk and over the API. Status and body have to be equal, and the median of the differences within 5 ms: pairs are
asked one right after the other, so that whatever else the machine does falls on both. On a busy machine few pairs say
little: it counts as told once the median is beyond that with all but one chance in some hundreds.
"""

import math
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle

import httpx2

from models.adding_accounts import add_operator
from models.apikeys import make_key
from models.programs import Operation as May
from procedures.commands import Person
from procedures.people import Role
from tests.signing import Telephones
from tests.trust.checks import Row, rows
from tests.trust.report import RowResult
from tests.trust.scene import Scene, opening, set_up

ROW = "T17"
PAIRS = {"tiny": 40, "change": 1_000, "full": 5_000}
"""Of each place; `WITHIN_BUDGET` of the time at most."""
CASES = 12
MILLISECONDS = 5.0
FEWEST = 20
SURE = 3.0
"""Standard deviations of how many of the pairs may lie on one side of the true median."""
TELEPHONE = "+39 333 555 {number:04d}"
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Place:
    """Where something is asked for: `{it}` is a code, a reference or a number, in the address or in the form."""

    name: str
    method: str
    address: str
    known: Sequence[str]
    """What exists."""
    unknown: Callable[[], str]
    """What does not, drawn anew."""
    form: Mapping[str, str] | None = None
    api: bool = False


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Each place in its turn, as many pairs as the budget holds."""
    row, draw = Row(ROW, size, seed), random.Random(f"{seed}/oracle")  # noqa: S311 - a seed makes it a story
    began = time.monotonic()
    found = []
    with set_up(planted=planted, parts=frozenset({"desk"})) as scene:
        for number in range(CASES):
            person = Person(name="Zinnia Quetzal", safe_contact=TELEPHONE.format(number=number))
            scene.house.handling.handle(opening(scene.house).model_copy(update={"person": person}))
        with closing(stranger(scene)) as desk, closing(program_of_another_body(scene)) as api:
            every = places(scene, draw)
            left = budget_s - (time.monotonic() - began)
            for place in every:
                asking = Asking(api if place.api else desk, place, draw)
                found += asking.result(row, PAIRS[size], time.monotonic() + left / len(every))
    return found


def tells(differences: Sequence[float]) -> bool:
    """Whether their true median (milliseconds) surely lies beyond what is allowed, on either side."""
    ranked, middle = sorted(differences), len(differences) / 2
    away = SURE * math.sqrt(len(differences)) / 2
    lowest, highest = ranked[max(0, int(middle - away))], ranked[min(len(ranked) - 1, math.ceil(middle + away))]
    return lowest > MILLISECONDS or highest < -MILLISECONDS


class Asking:
    """The two of a pair, one right after the other; now this one first, now the other."""

    def __init__(self, client: httpx2.Client, place: Place, draw: random.Random) -> None:
        self._client, self._place, self._draw = client, place, draw
        self.differences: list[float] = []
        self.times: dict[bool, list[float]] = {True: [], False: []}
        self.unlike: list[str] = []

    def result(self, row: Row, pairs: int, ends: float) -> list[RowResult]:
        """Ask; then one line for what was said, and one for how long it took."""
        known = cycle(self._place.known)
        while len(self.differences) < pairs and (time.monotonic() < ends or len(self.differences) < FEWEST):
            self._pair(next(known), self._place.unknown())
        asked, apart = len(self.differences), statistics.median(self.differences)
        medians = " and ".join(f"{statistics.median(self.times[exists]):.1f} ms" for exists in (True, False))
        told = [f"{apart:+.1f} ms"] if tells(self.differences) else []
        name = self._place.name
        return [
            row.result(f"I7 {name}: what is not hers is what is not there", asked, self.unlike),
            row.result(
                f"I7 {name}: nor does time tell, +-{MILLISECONDS:.0f} ms", asked, told,
                f"medians {medians}, of differences {apart:+.2f} ms",
            ),
        ]  # fmt: skip

    def _pair(self, known: str, unknown: str) -> None:
        order = [(True, known), (False, unknown)]
        if self._draw.random() < 0.5:
            order.reverse()
        said, took = {}, {}
        for exists, it in order:
            said[exists], took[exists] = self._ask(it)
            self.times[exists].append(took[exists])
        self.differences.append(took[True] - took[False])
        if said[True] != said[False]:
            self.unlike.append(f"{said[True][0]} and {said[False][0]}")

    def _ask(self, it: str) -> tuple[tuple[int, bytes], float]:
        place = self._place
        form = None if place.form is None else {name: value.format(it=it) for name, value in place.form.items()}
        headers = {"Idempotency-Key": f"{self._draw.getrandbits(128):032x}"} if place.api else {}
        address, began = place.address.format(it=it), time.perf_counter()
        answer = self._client.request(
            place.method, address, headers=headers, follow_redirects=False,
            data=None if place.api else form, json=form if place.api else None,
        )  # fmt: skip
        took = (time.perf_counter() - began) * 1000
        # What she typed herself may stand there again.
        return (answer.status_code, answer.content.replace(it.encode(), b"")), took


def places(scene: Scene, draw: random.Random) -> list[Place]:
    """Pages, forms, the search and the API."""
    codes = [code for (code,) in rows(scene, "SELECT code FROM cases")]
    refs = [ref for (ref,) in rows(scene, "SELECT ref FROM handoffs")]
    numbers = [TELEPHONE.format(number=number) for number in range(CASES)]

    def no_code() -> str:
        one, two = ("".join(draw.choices(CODE_LETTERS, k=4)) for _half in range(2))
        return f"C-{one}-{two}" if f"C-{one}-{two}" not in codes else no_code()

    def no_ref() -> str:
        one, two = ("".join(draw.choices(CODE_LETTERS, k=5)) for _half in range(2))
        return f"{one}-{two}" if f"{one}-{two}" not in refs else no_ref()

    def no_number() -> str:
        return TELEPHONE.format(number=draw.randrange(CASES, 10_000))

    command = scene.house.ids.new_id()
    cancel = {"command": command, "reason": "her_wish", "confirmation": "{it}"}
    return [
        Place("page of a case", "GET", "/cases/{it}", codes, no_code),
        Place("its refresh", "GET", "/cases/{it}/live", codes, no_code),
        Place("its form", "POST", "/cases/{it}/cancel", codes, no_code, cancel),
        Place("find by telephone", "POST", "/find", numbers, no_number, {"telephone": "{it}"}),
        Place("handoff over the API", "GET", "/handoffs/{it}", refs, no_ref, api=True),
        Place("answer over the API", "POST", "/handoffs/{it}/acknowledge", refs, no_ref, {}, api=True),
    ]


def stranger(scene: Scene) -> httpx2.Client:
    """The browser of an operator who has to do with none of the cases."""
    house = scene.house
    password = add_operator(house.database, "stranger", frozenset({Role.OPERATOR}), house.clock.now(), "shell")
    client = httpx2.Client(
        base_url=scene.desk, timeout=20.0, headers={"sec-fetch-site": "same-origin"}, follow_redirects=True
    )
    Telephones().sign_in(client, "stranger", password)
    return client


def program_of_another_body(scene: Scene) -> httpx2.Client:
    """A program whose key belongs to a body that was asked for nothing."""
    house = scene.house
    directory = house.procedures.directory()
    asked = {service for (service,) in rows(scene, "SELECT service FROM handoffs")}
    busy = {directory.services[one].body for one in asked}
    other = next(body for body in directory.bodies if body not in busy)
    may = (May.HANDOFFS_READ, May.HANDOFFS_ACKNOWLEDGE)
    _program, secret = make_key(
        house.database, directory, name="of another", may=may, body=other, days=30, created_by="shell",
        now=house.clock.now(),
    )  # fmt: skip
    return httpx2.Client(base_url=f"{scene.desk}/api/v1", timeout=20.0, headers={"Authorization": f"Bearer {secret}"})
