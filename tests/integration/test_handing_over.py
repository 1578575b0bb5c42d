"""Somebody leaves: all her turns of the coming month go to whoever follows, in one act that is undone as any other."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from models.duty_changing import duty_changes, hand_over, undo
from models.trail import verify
from models.tying import UnknownNetworkPerson
from procedures.duty_changes import LONGEST, WhyNeeded
from procedures.handing_over import NothingToHandOver, handed_over, nobody_takes
from tests.integration.test_duty_changing import LUNA, on_duty
from tests.integration.webhouse import WebHouse, hidden, text_of

pytestmark = pytest.mark.slow


def test_her_turns_go_to_the_deputy_for_a_month_and_come_back_when_it_is_undone(desk: WebHouse) -> None:
    assert on_duty(desk) == "ada"
    (number,) = hand_over(desk.house, "ada", "lascia la rete", "operator:1", command="one-command-of-hers")
    assert on_duty(desk) == "bianca"
    assert hand_over(desk.house, "ada", "lascia la rete", "operator:1", command="one-command-of-hers") == [number]
    (change,) = duty_changes(desk.house.database)
    assert [turn.until - turn.since for turn in change.act.turns] == [LONGEST]
    with pytest.raises(NothingToHandOver):
        hand_over(desk.house, "ada", "di nuovo", "operator:1")
    undo(desk.house, number, "resta", "operator:1")
    assert on_duty(desk) == "ada"
    assert verify(desk.house.database, desk.house.keyring).faults == ()


def test_what_cannot_be_handed_over_is_refused_and_saves_nothing(desk: WebHouse) -> None:
    for person, why, refusal in (
        ("nobody-here", "x", UnknownNetworkPerson),
        ("olga", "x", NothingToHandOver),
        ("ada", "", WhyNeeded),
    ):
        with pytest.raises(refusal):
            hand_over(desk.house, person, why, "operator:1")
    assert duty_changes(desk.house.database) == []


def test_without_a_deputy_it_is_whoever_is_on_duty_next_and_else_the_referent(desk: WebHouse) -> None:
    directory, now = desk.house.procedures.directory(), desk.clock.now()
    luna = directory.services[LUNA]

    def with_luna(**changes: object) -> list[str]:
        service = luna.model_copy(update=changes)
        changed = directory.model_copy(update={"services": {**directory.services, LUNA: service}})
        assert bool(handed_over(changed, "ada", now)) != bool(nobody_takes(changed, "ada", now))
        return [one.to for one in handed_over(changed, "ada", now)]

    assert with_luna(deputy=None) == ["bianca"]
    alone = luna.rota[:1]
    assert with_luna(deputy="ada", referent="nora", rota=alone) == ["nora"]
    assert with_luna(deputy=None, referent="ada", rota=alone) == []


def test_a_coordinator_does_it_in_the_room_of_the_rotas(desk: WebHouse, operator: TestClient) -> None:
    page = operator.get("/network/rotas")
    assert "Ada Fontana: Centro Luna, ascolto → Bianca Serra" in text_of(page)
    form = {"command": hidden(page), "answer": "hand_over", "leaver": "ada"}
    refused = operator.post("/network/rotas/changes", data={**form, "why": ""})
    assert refused.status_code == 422
    assert 'value="ada" selected' in refused.text
    done = operator.post("/network/rotas/changes", data={**form, "why": "lascia la rete"})
    assert "lascia la rete" in text_of(done)
    assert on_duty(desk) == "bianca"
    desk.clock.pass_by(seconds=timedelta(days=31).total_seconds() + 1)
    assert on_duty(desk) == "ada"
