"""Every wrong request gets an answer that says what to do, in the caller's language, and repeats nothing of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest

from tests.integration.apihouse import TO_OPEN, Caller, api_house
from tests.integration.webhouse import WebHouse

KEY = "0197a3c2-5b1e-7c44-9a0e-3f6f8f1f2b10"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebHouse, Caller]]:
    with api_house(tmp_path_factory.mktemp("api") / "data") as made:
        yield made


@pytest.fixture
def program(world: tuple[WebHouse, Caller]) -> Caller:
    return world[1]


def sent(program: Caller, body: bytes, kind: str = "application/json", path: str = "/cases") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": KEY, "Content-Type": kind}
    return program.client.post(f"/api/v1{path}", content=body, headers=headers)


def problem(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert set(told) <= {"type", "title", "status", "detail", "errors", "reference"}
    return answer.status_code, told["type"].removeprefix("urn:staffetta:problem:")


def test_no_such_address(program: Caller) -> None:
    for path in ("/nowhere", "/cases/", "/cases/C-0000-0000/nothing", "/", ""):
        assert problem(program.get(path)) == (404, "nothing-here"), path


def test_no_such_case(program: Caller) -> None:
    for path in ("/cases/C-0000-0000", "/cases/nonsense", "/cases/C-0000-0000/trail", "/cases/%00"):
        assert problem(program.get(path)) == (404, "not-there"), path


def test_no_such_method_says_which_there_are(program: Caller) -> None:
    for method in ("DELETE", "PUT", "PATCH", "BREW"):
        answer = program.client.request(method, "/api/v1/cases", headers={"Authorization": f"Bearer {program.secret}"})
        assert problem(answer) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_whoever_asks_is_told_what_an_address_answers_to(program: Caller) -> None:
    answer = program.client.options("/api/v1/handoffs/00000-00000/accept")
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", "OPTIONS, POST")


def test_a_length_that_is_no_number_is_a_problem_of_the_request(program: Caller) -> None:
    headers = {"Authorization": f"Bearer {program.secret}", "content-length": "many"}
    answer = program.client.post("/api/v1/cases", content=b"", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_head_of_an_answer_is_that_answer_without_its_body(program: Caller) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    for path in ("/cases", "/openapi.json", "/who-now?territory=valle_chiara", "/nowhere"):
        head = program.client.head(f"/api/v1{path}", headers=headers)
        whole = program.client.get(f"/api/v1{path}", headers=headers)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html, application/*;q=0.2", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/xml, text/*", 406),
    ],
)
def test_only_json_comes_out(program: Caller, accept: str, status: int) -> None:
    answer = program.get("/cases", Accept=accept)
    assert answer.status_code == status
    if status == 406:
        assert problem(answer) == (406, "only-json-comes-out")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_comes_in(program: Caller, kind: str) -> None:
    assert problem(sent(program, json.dumps(TO_OPEN).encode(), kind)) == (415, "only-json-comes-in")


def test_json_with_its_alphabet_said_is_json(program: Caller) -> None:
    answer = sent(program, b'{"territory": "nowhere"}', "Application/JSON; charset=utf-8")
    assert problem(answer) == (422, "does-not-fit")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b'{"territory": NaN}',
        b'{"territory": 1e999, "facts": {"x": Infinity}}',
        b'{"territory": "a", "territory": "b"}',
        b'{"facts": {"risk": "low", "risk": "high"}}',
        b'{"territory": "\\u0000"}',
        b'{"territory": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"territory": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"limit": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_different_readers_would_read_differently_is_not_read(program: Caller, body: bytes) -> None:
    assert problem(sent(program, body)) == (400, "body-not-understood")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [33, 5000])
def test_a_body_as_deep_as_a_well_is_not_read(program: Caller, opening: bytes, depth: int) -> None:
    assert problem(sent(program, opening * depth)) == (400, "body-too-deep")


def test_brackets_in_a_text_are_no_depth(program: Caller) -> None:
    body = json.dumps({"territory": "valle_chiara", "person": {"note": '"[{' * 400 + "\\"}}).encode()
    assert sent(program, body).status_code == 201


def test_64_kib_pass_and_a_byte_more_does_not(program: Caller) -> None:
    frame = b'{"territory": ""}'
    full = frame[:-2] + b"x" * (64 * 1024 - len(frame)) + frame[-2:]
    assert problem(sent(program, full)) == (422, "does-not-fit")
    assert problem(sent(program, full + b" ")) == (413, "too-large")
    assert problem(program.client.post("/api/v1/cases", content=pieces(), headers=_signed(program))) == (
        413,
        "too-large",
    )


def pieces() -> Iterator[bytes]:
    """A body that does not say how long it is."""
    yield from (b" " * 1024 for _ in range(65))


def _signed(program: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": KEY, "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"territory": 7}, ["#/territory"]),
        ({"territory": None}, ["#/territory"]),
        ({"territory": "no spaces please"}, ["#/territory"]),
        ({"pathway": "", "territory": "x" * 101}, ["#/pathway", "#/territory"]),
        ({"zinnia_quetzal": 1}, ["#"]),
        ({"person": {"zinnia_quetzal": 1}}, ["#/person"]),
        ({"person": {"name": 5, "note": "x" * 4001}}, ["#/person/name", "#/person/note"]),
        ({"facts": {"risk": 1.5}}, ["#/facts/risk"]),
        ({"facts": {"zinnia_quetzal": None}}, ["#/facts"]),
        ({"facts": []}, ["#/facts"]),
        ({"consents": ["shelter", "zinnia quetzal"]}, ["#/consents/1"]),
        ({"drill": "yes"}, ["#/drill"]),
        # From here on it is the rules that say no.
        ({"territory": "zinnia_quetzal"}, ["#/territory"]),
        ({"pathway": "zinnia_quetzal"}, ["#/pathway"]),
        ({"facts": {"zinnia_quetzal": "x"}}, ["#/facts"]),
        ({"facts": {"risk": "zinnia_quetzal"}}, ["#/facts/risk"]),
        ({"facts": {"incident_at": "0001-01-01T00:00"}}, ["#/facts/incident_at"]),
        ({"consents": ["zinnia_quetzal"]}, ["#/consents"]),
    ],
)
def test_what_does_not_fit_is_pointed_at_and_never_repeated(
    program: Caller, changes: Mapping[str, Any], pointers: list[str]
) -> None:
    answer = program.post("/cases", {**TO_OPEN, **changes})

    assert problem(answer) == (422, "does-not-fit")
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert "quetzal" not in answer.text
    assert all(error["detail"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "status=zinnia", "cursor=!", "zinnia=1", "limit=1&limit=2"]
)
def test_a_query_that_does_not_fit_is_pointed_at(program: Caller, query: str) -> None:
    answer = program.get(f"/cases?{query}")
    assert problem(answer) == (422, "does-not-fit")
    assert answer.json()["errors"][0]["pointer"].startswith("query#")
    assert "zinnia" not in answer.text


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("en", "en"),
        ("it", "it"),
        ("de, en;q=0.5", "en"),
        ("it;q=0.3, en-GB;q=0.8", "en"),
        ("de", "it"),
        ("en;q=x", "it"),
    ],
)
def test_what_to_do_is_said_in_the_callers_language(program: Caller, wanted: str, spoken: str) -> None:
    answer = program.get("/cases/C-0000-0000", Accept_Language=wanted)
    assert answer.headers["content-language"] == spoken
    assert answer.json()["title"].startswith({"en": "Nothing here", "it": "Qui non"}[spoken])


def test_what_cannot_be_saved_says_telephone_and_when_to_try_again(
    world: tuple[WebHouse, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, program = world
    with house.another_writer():
        monkeypatch.setattr("models.sqlite.BUSY_SECONDS", 0.1)
        answer = program.post("/cases", TO_OPEN, "an-id-of-my-own-5")
    assert problem(answer) == (503, "store-busy")
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["title"] == "Not saved"
    assert "telephone" in answer.json()["detail"]
    assert program.get("/commands/an-id-of-my-own-5").status_code == 404
    assert program.post("/cases", TO_OPEN, "an-id-of-my-own-5").status_code == 201


def test_a_fault_of_ours_is_a_problem_with_a_reference(
    world: tuple[WebHouse, Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, program = world

    def break_down(*_: object, **__: object) -> None:
        message = "zinnia quetzal"
        raise ValueError(message)

    monkeypatch.setattr("web.api.cases.cases_page", break_down)
    answer = program.get("/cases")

    assert problem(answer) == (500, "broke-here")
    assert f'"reference": "{answer.json()["reference"]}"' in house.log.getvalue()
    assert "quetzal" not in answer.text + house.log.getvalue()


def test_a_foreign_page_cannot_use_a_browser_that_has_no_key(program: Caller) -> None:
    answer = program.client.post("/api/v1/cases", json=TO_OPEN, headers={"Sec-Fetch-Site": "cross-site"})
    assert problem(answer) == (401, "key-refused")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_log_names_the_route_and_nothing_that_stood_in_it(world: tuple[WebHouse, Caller]) -> None:
    house, program = world
    code = program.open_case()["code"]
    program.get(f"/cases/{code}?cursor=zinnia")
    assert '"/api/v1/cases/{code}"' in house.log.getvalue()
    assert code not in house.log.getvalue()
    assert "zinnia" not in house.log.getvalue()
