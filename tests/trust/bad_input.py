"""T11: forged links, robots that follow what is in a mail, wrong codes, requests and pathways that fit nothing.

Everything is drawn from the seed. Whoever has no message has no link; whoever follows a link without reading does
nothing; what cannot be understood is refused by name: no failure of ours, no traceback, no command.
"""

import base64
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from cli.demo.forms import forms_of
from cli.demo.received import ReceivedMail
from models.apikeys import make_key
from models.links import find_link
from models.programs import Operation as May
from procedures.faults import ProcedureFaults
from procedures.loading import SHIPPED, load_pathway, texts_of
from tests.trust.checks import Row, rows
from tests.trust.plants import planting
from tests.trust.report import RowResult
from tests.trust.scene import Scene, set_up, until
from web.api.table import OPERATIONS

ROW = "T11"
FORGED = {"tiny": 2_000, "change": 100_000, "full": 1_000_000}
FLIPPED = {"tiny": 2, "change": 10, "full": 100}
REQUESTS = {"tiny": 3, "change": 40, "full": 500}
"""Of each operation of the API."""
TEXTS = {"tiny": 300, "change": 1_500, "full": 100_000}
CASES = 12
AT_THE_DESK = 200
"""Forged links that are asked for over HTTP."""
TOKEN_BITS = 128
SLOW = 1.0
"""Seconds of the processor for one text, on a machine that does other things."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 1.5, "", " ", "x" * 5_000, "\x00", "\u202e", "😀", "NO", "12:30", "2026-13-45", "'; --",
    "{{7*7}}", "../../etc/passwd", "<script>", [], [[]], {}, {"a": {"a": {}}}, [None] * 50,
)  # fmt: skip
PIECES = (
    "[",
    "{",
    "&a ",
    "*a",
    "!!python/object ",
    "\t",
    "<<: ",
    ": ",
    "- ",
    "no",
    "1:30",
    "\x07",
    "\ufeff",
    "}" * 9,
    "[" * 99,
    "'",
)


def run(seed: int, budget_s: float, size: str = "change", planted: str = "") -> list[RowResult]:
    """Links, robots and requests at a desk with its dispatcher; then texts of pathways."""
    row, draw = Row(ROW, size, seed), random.Random(f"{seed}/input")  # noqa: S311 - a seed makes it a story
    end = time.monotonic() + budget_s
    found: list[RowResult] = []
    with planting(planted):
        with set_up(planted=planted, parts=frozenset({"desk", "dispatcher"})) as scene:
            for _case in range(CASES):
                scene.open_case()
            until(lambda: len(scene.mail.received()) >= CASES, 20.0)
            mails = [mail for mail in scene.mail.received() if mail.link and mail.code]
            found += links(scene, row, draw, mails)
            found.append(robots(scene, row, mails))
            found += wrong_codes(scene, row, draw, mails[0])
            found += requests(scene, row, draw, end)
        found.append(texts(row, draw, end))
    return found


def token_of(mail: ReceivedMail) -> str:
    """What stands at the end of its link."""
    return (mail.link or "").rpartition("/")[2]


def forged(draw: random.Random, real: list[str]) -> Iterator[str]:
    """Tokens that no message carried, for ever: drawn ones, and real ones with something changed."""
    while True:
        yield base64.urlsafe_b64encode(draw.randbytes(TOKEN_BITS // 8)).rstrip(b"=").decode()
        token = draw.choice(real)
        place = draw.randrange(len(token))
        yield token[:place] + draw.choice(LETTERS.replace(token[place], "")) + token[place + 1 :]
        yield draw.choice(
            [token[:-1], token + "A", token + "=", token.swapcase(), token[::-1], "", token + " ", token[:11]]
        )


def one_bit_flipped(token: str) -> Iterator[str]:
    """Each of the tokens that differ in one bit."""
    number = int.from_bytes(base64.urlsafe_b64decode(token + "=="), "big")
    for bit in range(TOKEN_BITS):
        changed = (number ^ (1 << bit)).to_bytes(TOKEN_BITS // 8, "big")
        yield base64.urlsafe_b64encode(changed).rstrip(b"=").decode()


def links(scene: Scene, row: Row, draw: random.Random, mails: list[ReceivedMail]) -> list[RowResult]:
    """Forged ones are found nowhere, and all look alike."""
    house, real = scene.house, [token_of(mail) for mail in mails]
    making = forged(draw, real)
    tried = [next(making) for _ in range(FORGED[row.size])]
    flipped = [one for token in real[: FLIPPED[row.size]] for one in one_bit_flipped(token)]
    now = house.clock.now()
    hits = [one for one in (*tried, *flipped) if one not in real and find_link(house.database, one, now) is not None]
    answers = set()
    with httpx2.Client(base_url=scene.desk, timeout=10.0) as stranger:
        for token in tried[:AT_THE_DESK]:
            if token and token.isascii() and token.strip() == token:
                asked = stranger.get(f"/h/{token}")
                answers.add((asked.status_code, len(asked.content)))
    alike = [str(answers)] if len(answers) != 1 or next(iter(answers))[0] < 400 else []
    return [
        row.result("no forged link is good", len(tried) + len(flipped), hits, f"{len(flipped)} with one bit changed"),
        row.result("forged links are all answered alike", AT_THE_DESK, alike, str(answers)),
    ]


def robots(scene: Scene, row: Row, mails: list[ReceivedMail]) -> RowResult:
    """Something that reads mails follows every link, and sends every form that it finds, without reading."""
    done = 0
    with httpx2.Client(timeout=10.0, headers={"sec-fetch-site": "same-origin"}) as robot:
        for mail in mails:
            link = mail.link or ""
            for method in ("GET", "HEAD", "OPTIONS", "GET"):
                robot.request(method, link)
                done += 1
            for form in forms_of(robot.get(link).text):
                values = (
                    dict.fromkeys(form.asked, "") | form.hidden | {name: value for name, value in form.buttons if name}
                )
                robot.post(link, data=values)
                robot.post(link, data=values | {"answer": "accept"})
                done += 2
    return row.result("robots do nothing", done, answered(scene))


def answered(scene: Scene) -> list[str]:
    """What somebody did with a handoff."""
    query = "SELECT kind FROM events WHERE kind IN ('handoff_accepted', 'handoff_declined', 'handoff_acknowledged')"
    return [kind for (kind,) in rows(scene, query)]


def wrong_codes(scene: Scene, row: Row, draw: random.Random, mail: ReceivedMail) -> list[RowResult]:
    """Codes are tried at one link: after ten wrong ones the right one is no good either."""
    said = []
    with httpx2.Client(timeout=10.0) as thief:
        for _try in range(30):
            code = "".join(draw.choices("ACDEFGHJKLMNPQRTUVWXY34679", k=6))
            said.append(thief.post(mail.link or "", data={"code": code, "answer": "accept"}).status_code)
        late = thief.post(mail.link or "", data={"code": mail.code or "", "answer": "accept"})
    return [
        row.result("no wrong code answers", len(said), [str(one) for one in said if one < 400]),
        row.result("after ten wrong codes nothing is right", 1, answered(scene), str(late.status_code)),
    ]


def changed(draw: random.Random, example: Mapping[str, Any]) -> Any:
    """The example of a body with something wrong in it."""
    body: dict[str, Any] = dict(example)
    for _change in range(draw.randint(1, 3)):
        name = draw.choice([*body, "strange", "id"])
        match draw.randrange(3):
            case 0:
                body.pop(name, None)
            case 1:
                body[name] = draw.choice(STRANGE)
            case _:
                body[name] = {name: body.get(name)}
    return draw.choice([body, body, body, [body], draw.choice(STRANGE)])


def requests(scene: Scene, row: Row, draw: random.Random, end: float) -> list[RowResult]:
    """Every operation of the API is asked with what fits nothing."""
    house, tried, failed, slow = scene.house, 0, [], []
    _program, secret = make_key(
        house.database, house.procedures.directory(), name="trial", may=tuple(May), body=None, days=30,
        created_by="shell", now=house.clock.now(),
    )  # fmt: skip
    codes = [code for (code,) in rows(scene, "SELECT code FROM cases")]
    refs = [ref for (ref,) in rows(scene, "SELECT ref FROM handoffs")]
    with httpx2.Client(base_url=f"{scene.desk}/api/v1", timeout=10.0) as program:
        program.headers["Authorization"] = f"Bearer {secret}"
        for operation in OPERATIONS:
            for number in range(REQUESTS[row.size]):
                if time.monotonic() > end:
                    break
                path = operation.path.replace("{code}", draw.choice([*codes, "C-0000-0000", "x" * 300]))
                path = path.replace("{ref}", draw.choice([*refs, "AAAAA-AAAAA", "%00"])).replace("{id}", "y" * 40)
                key = {"Idempotency-Key": f"trial-{operation.name}-{number:06d}"}
                body = {"json": changed(draw, operation.asked)} if operation.takes_body else {}
                began = time.monotonic()
                answer = program.request(operation.method, path, headers=key, **body)
                tried += 1
                if answer.status_code >= 500:
                    failed.append(f"{operation.name} {answer.status_code}")
                if time.monotonic() - began > 5.0:
                    slow.append(operation.name)
    return [
        row.result("no request is a failure of ours", tried, failed, f"{len(OPERATIONS)} operations"),
        row.result("every request is answered soon", tried, slow),
    ]


def spoilt(draw: random.Random, text: str) -> str:
    """A pathway with a few things wrong in it."""
    for _change in range(draw.randint(1, 4)):
        place = draw.randrange(len(text) + 1)
        end = min(len(text), place + draw.randint(0, 60))
        match draw.randrange(4):
            case 0:
                text = text[:place] + text[end:]
            case 1:
                text = text[:end] + text[place:]
            case 2:
                text = text[:place] + draw.choice(PIECES) + text[place:]
            case _:
                lines = text.split("\n")
                draw.shuffle(lines)
                text = "\n".join(lines) if draw.random() < 0.1 else text
    return text


def texts(row: Row, draw: random.Random, end: float) -> RowResult:
    """Texts of pathways give a pathway or its faults, each with a place and a remedy."""
    shipped, wrong, tried, worst = list(texts_of([SHIPPED]).values()), [], 0, 0.0
    for _text in range(TEXTS[row.size]):
        if time.monotonic() > end:
            break
        text, began = spoilt(draw, draw.choice(shipped)), time.process_time()
        try:
            load_pathway(text, "spoilt.yaml")
        except ProcedureFaults as refused:
            wrong += ["no place or remedy" for fault in refused.faults if fault.line < 1 or not fault.help]
        except Exception as failure:  # noqa: BLE001 - that it is none of ours is what is looked for
            wrong.append(type(failure).__name__)
        worst = max(worst, time.process_time() - began)
        tried += 1
    if worst > SLOW:
        wrong.append(f"{worst:.2f} s for one")
    return row.result("a spoilt pathway gives its faults", tried, wrong, f"the slowest took {worst * 1000:.0f} ms")
