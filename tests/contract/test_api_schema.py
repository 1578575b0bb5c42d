"""The API does what its own description says, for everything that the description allows, and for what it does not."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.programs import Operation as May
from tests.integration.apihouse import api_house, caller, served
from tests.integration.webhouse import WebHouse
from web.api.document import KEY_FORM, description
from web.api.operations import Operation
from web.api.table import OPERATIONS

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = os.environ.get("STAFFETTA_API_EXAMPLES", "12")
"""Of each operation, besides those of the phase that tries every bound. A hundred take half an hour."""
SEED = 20261124
NOT_ASKED = "positive_data_acceptance"
"""A name that has the right form and that no network has is refused with 422: the description, which is the same for
every house, cannot list pathways, territories and facts."""
NOT_SUPPORTED = {"tell_facts", "read_command"}
REACHED = {"record_consent", "act_first", "forgo_step", "contact", "reopen_pathway", "decide_anew", "give_signal"} | {
    operation.name for operation in OPERATIONS if "{ref}" in operation.path
}
"""An answer must fit where its handoff stands, a consent or a signal its case: a refusal by name shows that the rules
were asked."""
REFUSED = (409, 422)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebHouse, str, dict[str, str]]]:
    """A house, its address, and what is there to ask for."""
    with api_house(tmp_path_factory.mktemp("api")) as (house, program), served(house) as address:
        opened = [program.open_case() for _ in range(24)]
        for one in opened[12:]:
            program.post(f"/handoffs/{one['handoffs'][0]['ref']}/accept")
        real = {
            "REAL_CODES": " ".join(one["code"] for one in opened),
            "REAL_REFS": " ".join(one["handoffs"][0]["ref"] for one in opened),
        }
        yield house, address, real


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_schemathesis_finds_nothing(world: tuple[WebHouse, str, dict[str, str]], tmp_path: Path) -> None:
    house, address, real = world
    asker = caller(house, "schemathesis")
    words = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {asker.secret}", "--seed", str(SEED), "--max-examples", EXAMPLES),
        *("--mode", "all", "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color"),
        *("--checks", "all", "--exclude-checks", NOT_ASKED),
    ]
    home = {"SCHEMATHESIS_HOOKS": "tests.contract.api_hooks", "PYTHONPATH": str(REPOSITORY), **real}

    ran = subprocess.run(words, cwd=tmp_path, env=os.environ | home, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout[-8000:]
    answered = [json.loads(line) for line in house.log.getvalue().splitlines()]
    seen = Counter((line["route"], line["status"]) for line in answered if line["event"] == "answered")
    # The rules were really reached: without this, a description that nothing can satisfy would find nothing either.
    for operation in OPERATIONS:
        if operation.name not in NOT_SUPPORTED:
            good = (int(operation.status), *(REFUSED if operation.name in REACHED else ()))
            assert any(seen[f"/api/v1{operation.path}", status] for status in good), operation.name
    assert not [line for line in answered if line["event"] == "failed"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_every_example_is_as_the_description_says(operation: Operation) -> None:
    answer = operation.answer.model_validate_json(json.dumps(operation.example))
    assert answer.model_dump(mode="json", exclude_unset=True).keys() == operation.example.keys()
    if operation.takes_body:
        asked = operation.body.model_validate_json(json.dumps(operation.asked), strict=True)
        assert asked.model_fields_set == set(operation.asked)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: str(operation.name))
def test_every_reference_of_the_description_leads_somewhere(operation: Operation) -> None:
    document = json.loads(description())
    told = json.dumps(document["paths"][operation.path][operation.method.lower()])
    for kind, name in re.findall(r'#/components/(\w+)/(\w+)"', told):
        assert name in document["components"][kind]


def test_every_change_has_an_example_key_of_its_own() -> None:
    paths = json.loads(description())["paths"]
    keys = {
        operation.name: one["example"]
        for operation in OPERATIONS
        for one in paths[operation.path][operation.method.lower()]["parameters"]
        if one["name"] == "Idempotency-Key"
    }

    assert keys.keys() == {operation.name for operation in OPERATIONS if operation.changes}
    # A key that was used for one request is refused with any other: who tries one example after another is answered.
    assert len(set(keys.values())) == len(keys)
    assert all(re.fullmatch(KEY_FORM, key) for key in keys.values())
    told = next(operation for operation in OPERATIONS if operation.name == "read_command").example
    assert keys["open_case"] == told["id"]


def test_every_operation_of_a_key_is_good_for_something() -> None:
    assert {operation.may for operation in OPERATIONS} | {May.METRICS} == {*May, None}


def test_the_description_tells_no_secret_of_the_house() -> None:
    text = description().decode()
    assert "centro_luna" not in text
    assert "cooperativa" not in text
