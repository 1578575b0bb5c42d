import json
import subprocess
import sys
import time

HEAVY = {"prefect", "sqlalchemy", "alembic", "apprise", "fastapi"}
ASK = """
import json, sys
from cli.main import app
try:
    app({words})
except SystemExit as end:
    code = end.code
print(json.dumps({{"code": code, "loaded": sorted({{name.partition(".")[0] for name in sys.modules}})}}))
"""


def loaded_by(*words: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", ASK.format(words=list(words))], capture_output=True, text=True, check=True
    )
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert answer["code"] == 0
    return set(answer["loaded"])


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("--help") & HEAVY == set()


def test_the_help_of_a_command_loads_nothing_heavy() -> None:
    assert loaded_by("case", "open", "--help") & HEAVY == set()


def test_help_answers_before_one_loses_patience() -> None:
    started = time.monotonic()
    loaded_by("--help")
    assert time.monotonic() - started < 3
