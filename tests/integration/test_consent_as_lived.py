"""Consent as it is lived, at the desk and on the command line: what she was read, until when, for which services."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.consent_texts import keep_text, latest_texts, texts_by_hash
from models.store_errors import StoreFailed
from models.trail import verify
from procedures.case import HandoffState
from tests.integration.test_cli_cases import Run, opened, prepared, run
from tests.integration.webhouse import WebHouse, hidden, text_of, web_house

pytestmark = pytest.mark.slow

__all__ = ["prepared", "run"]
READ = {"it": "Le chiediamo se vuole un posto sicuro.", "en": "We ask whether you want a safe place."}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with web_house(tmp_path / "data") as made:
        yield made


def say(house: WebHouse, code: str, answer: str, **more: str) -> str:
    browser = house.operator()
    page = browser.get(f"/cases/{code}")
    form = {"command": hidden(page), "consent": "shelter", "answer": answer, **more}
    return text_of(browser.post(f"/cases/{code}/consents", data=form))


def test_she_is_read_the_text_of_today_and_the_case_keeps_which_one(house: WebHouse) -> None:
    kept = keep_text(house.house, "shelter", READ, "operator:1")
    code = house.open_case(consents=frozenset())
    page = house.operator().get(f"/cases/{code}")
    assert READ["it"] in page.text
    assert hidden(page, "text") == kept.hash
    keep_text(house.house, "shelter", {"it": "Un altro testo."}, "operator:1")
    said = say(house, code, "give", how="interpreter", language="ro", until="2027-02-28", text=kept.hash)
    taken = house.view(code).state.consent_taken["shelter"]
    assert (taken.text, taken.language) == (kept.hash, "ro"), "what was shown, not what came after"
    assert "con un'interprete, lingua: Română, il testo è stato letto" in said
    assert taken.until is not None
    assert taken.until.isoformat() == "2027-02-28T23:00:00+00:00"
    assert texts_by_hash(house.house.database, [kept.hash])[kept.hash].texts == READ


def test_what_nobody_noted_is_said_to_be_unknown(house: WebHouse) -> None:
    keep_text(house.house, "shelter", READ, "operator:1")
    code = house.open_case(consents=frozenset())
    said = say(house, code, "give")
    assert house.view(code).state.consent_taken["shelter"].text is None
    assert "non annotato, lingua: non annotato, nessun testo letto" in said


def test_a_text_is_kept_in_editions_that_nobody_can_alter(house: WebHouse) -> None:
    first = keep_text(house.house, "shelter", READ, "operator:1")
    assert keep_text(house.house, "shelter", READ, "operator:1") == first, "the same text is no new edition"
    second = keep_text(house.house, "shelter", {"it": "Altro."}, "operator:1")
    assert (first.edition, second.edition) == (1, 2)
    assert latest_texts(house.house.database)["shelter"] == second
    with pytest.raises((DBAPIError, StoreFailed)), house.house.database.write() as connection:
        connection.execute(text("UPDATE consent_texts SET texts = '{}'"))
    with house.house.database.write() as connection:
        connection.execute(text("DROP TRIGGER consent_texts_no_update"))
        connection.execute(text('UPDATE consent_texts SET texts = \'{"it":"x"}\' WHERE edition = 1'))
    faults = verify(house.house.database, house.house.keyring).faults
    assert [(fault.code, fault.case_code) for fault in faults] == [("text", "")]


def test_at_the_desk_one_service_is_kept_out_and_the_next_one_is_asked(house: WebHouse) -> None:
    code = house.open_case()
    first = house.first(code)
    assert first.service
    page = house.operator().get(f"/cases/{code}")
    assert f'<option value="{first.service}">' in page.text
    said = say(house, code, "revoke", service=first.service)
    name = house.house.procedures.directory().services[first.service].name.it
    assert f"Non lo vuole da {name}" in said
    assert f"Non per: {name}" in said
    assert house.first(code).state is HandoffState.CANCELLED
    assert any(row.is_open and row.service != first.service for row in house.view(code).state.handoffs.values())
    assert not verify(house.house.database, house.house.keyring).faults


def test_before_the_end_the_desk_is_written_to_in_words_that_betray_nothing(house: WebHouse) -> None:
    code = house.open_case(consents=frozenset())
    say(house, code, "give", until="2026-12-24")
    house.pass_by(code, days=29)
    page = text_of(house.operator().get(f"/cases/{code}"))
    assert "scade presto: chiederle di nuovo" in page
    assert "il suo consenso scade presto" in page
    house.pass_by(code, days=3)
    assert "Il tempo per cui valeva il consenso è finito" in text_of(house.operator().get(f"/cases/{code}"))
    assert not verify(house.house.database, house.house.keyring).faults


def test_on_the_command_line_it_is_taken_the_same_way(run: Run, tmp_path: Path) -> None:
    read = tmp_path / "riparo.txt"
    read.write_text(READ["it"], encoding="utf-8")
    kept = json.loads(run("procedures", "consent-text", "intake", "--text", f"it={read}", "--json").stdout)
    assert (kept["edition"], kept["texts"]) == (1, {"it": READ["it"]})
    assert READ["it"] in run("procedures", "consent-text", "intake").stdout
    assert run("procedures", "consent-text", "nonsense").exit_code == 4
    answer = opened(run)
    given = run(
        "case",
        "consent",
        answer["code"],
        "intake",
        "given",
        "--how",
        "telephone",
        "--asked-in",
        "it",
        "--until",
        "2099-02-28",
    )
    assert given.exit_code == 0, given.stderr
    shown = json.loads(run("case", "show", answer["code"], "--json").stdout)["consent_taken"]["intake"]
    assert (shown["how"], shown["language"], shown["text"]) == ("telephone", "it", kept["hash"])
    assert run("case", "consent", answer["code"], "intake", "revoked", "--how", "telephone").exit_code == 2
    assert run("case", "consent", answer["code"], "intake", "refused", "--until", "2099-02-28").exit_code == 2
