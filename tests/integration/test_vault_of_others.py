"""The vault opens for the desk's user alone: a process of another user of the system reads no name."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.houses import CANARY, Told

ENGINE_USER = "nobody"
REPOSITORY = Path(__file__).parents[2]
AS_ENGINE = """
import os, pwd, sys
from pathlib import Path
from models.composition import open_house
from models.keyring_errors import KeyUnreadable
from models.views import case_view, open_cases
def look(data):
    house = open_house(data, with_vault=False)
    (row,) = open_cases(house.database)
    view = case_view(house.database, house.keyring, row.code)
    house.close()
    return view
data = Path(sys.argv[1])
# Everything is loaded first: where the program is installed, that user may not be able to read it.
look(data.parent / "same")
user = pwd.getpwnam(sys.argv[2])
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
view = look(data)
print("risk", view.state.facts["risk"], "person", view.person)
try:
    open_house(data, with_vault=True)
except KeyUnreadable as refusal:
    print("refused", Path(refusal.data["path"]).name)
for name in ("vault.key", "find.key"):
    try:
        (data / "keys" / name).read_bytes()
        print("read", name)
    except PermissionError:
        print("no", name)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A house with one case, whose files belong to the engine's user; the two keys of the desk do not."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process as another user: run this test as root")
    folder = Path(tempfile.mkdtemp(prefix="staffetta-users-"))
    told = Told(folder / "data")
    told.opened()
    told.close()
    shutil.copytree(folder / "data", folder / "same")
    for path in (folder, *folder.rglob("*")):
        if path.name not in {"vault.key", "find.key"}:
            shutil.chown(path, ENGINE_USER)
    yield folder / "data"
    shutil.rmtree(folder)


def said_by_engine(data: Path) -> str:
    command = [sys.executable, "-c", AS_ENGINE, str(data), ENGINE_USER]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.slow
def test_the_engines_user_reads_what_the_rules_need_and_no_vault(data: Path) -> None:
    assert said_by_engine(data).splitlines() == [
        "risk high person None",
        "refused vault.key",
        "no vault.key",
        "no find.key",
    ]


@pytest.mark.slow
def test_planted_with_the_key_in_its_hands_it_would_open(data: Path) -> None:
    """The planted bug: a key file of the engine's own user is found by this look."""
    for name in ("vault.key", "find.key"):
        shutil.chown(data / "keys" / name, ENGINE_USER)
    said = said_by_engine(data)
    assert "read vault.key" in said
    assert "refused" not in said
    assert CANARY not in said
