import json
import resource
import subprocess
import sys

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
    """By the processor's time, its own and the system's for it: others may be at work on this machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    loaded_by("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
