"""A third party stamps the newest root where a server is set, and what is no stamp of it is never believed."""

import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
from sqlalchemy import select
from typer.testing import CliRunner, Result

from cli.examining import _anchors
from cli.main import app
from flows import anchoring
from flows import stamping as stamping_rules
from models.anchors import anchor_now
from models.root_tables import AnchorRecord
from models.roots import newest_root
from models.stamps import NoStamp, Stamp, StampCaUnreadable, asked_for, examined, stamped, trusted
from models.whole_check import verify_whole
from tests.houses import START, Told
from tests.integration.test_anchoring import Minutes
from tests.stamp_server import Authority, StampServer, needs_openssl, stamping

pytestmark = [pytest.mark.slow, needs_openssl]
MINUTE = timedelta(seconds=61)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "real")


@pytest.fixture
def server(authority: Authority) -> Iterator[StampServer]:
    with stamping(authority) as server:
        yield server


@pytest.fixture
def told(tmp_path: Path, server: StampServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    settings = f'[anchors]\nstamp_url = "{server.url}"\nstamp_ca = "{server.authority.ca}"\n'
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    told = Told(tmp_path / "data", settings)
    yield told
    told.close()


def kept(told: Told) -> list[tuple[int, bool, str | None]]:
    with told.house.database.read() as connection:
        query = select(AnchorRecord.root, AnchorRecord.taken, AnchorRecord.code, AnchorRecord.stamp)
        rows = connection.execute(query.order_by(AnchorRecord.at)).all()
    assert all((row.stamp is not None) is row.taken for row in rows)
    return [(row.root, row.taken, row.code) for row in rows]


def audit(told: Told, *words: str) -> Result:
    data = str(told.house.settings.data)
    return CliRunner().invoke(app, ["audit", *words, "--data", data, "--language", "en"])


def ran(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


async def test_the_first_root_is_stamped_and_then_one_each_quarter_of_an_hour(told: Told, server: StampServer) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    told.opened()
    await minutes.pass_by(MINUTE)
    assert kept(told) == [(1, True, None)]
    await minutes.pass_by(timedelta(minutes=15))
    assert kept(told) == [(1, True, None), (2, True, None)]
    assert len(server.asked) == 2
    await minutes.carriers.aclose()


async def test_what_somebody_asks_for_is_stamped_at_once(told: Told, server: StampServer) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    told.opened()
    anchor_now(told.house.database, told.clock.now() + timedelta(seconds=5), "export")
    assert await minutes.pass_by(timedelta(seconds=6)) == 2
    assert kept(told)[-1] == (2, True, None)
    await minutes.carriers.aclose()


FAULTS = {
    "slow": "slow",
    "dripping": "slow",
    "down": "status-503",
    "redirecting": "redirected",
    "garbage": "unreadable",
    "huge": "too-large",
    "refusing": "refused",
}


@pytest.mark.parametrize("mood", FAULTS)
async def test_a_server_that_fails_is_written_down_and_asked_again(
    told: Told, server: StampServer, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if FAULTS[mood] == "slow":
        real = stamping_rules.stamp_of
        monkeypatch.setattr(anchoring, "stamp_of", lambda root, settings: real(root, settings, patience=0.5))
    server.mood = mood
    minutes = Minutes(told)
    assert await minutes.pass_by() == 1, "the root is made all the same"
    assert kept(told) == [(1, False, FAULTS[mood])]
    assert "anchor-not-taken" in minutes.log.getvalue()
    monkeypatch.undo()
    server.mood = ""
    await minutes.pass_by(timedelta(seconds=30))
    assert len(server.asked) == 1, "not at once"
    await minutes.pass_by(timedelta(seconds=31))
    assert kept(told)[-1] == (1, True, None)
    assert server.elsewhere == 0
    await minutes.carriers.aclose()


async def test_a_carrier_that_stumbles_keeps_no_stamp_from_being_made(
    server: StampServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = f'[anchors]\nfirst_mailbox = "a@example.org"\nstamp_url = "{server.url}"\n'
    told = Told(tmp_path / "mailing", f'{settings}stamp_ca = "{server.authority.ca}"\n')
    minutes = Minutes(told)

    async def stumble(message: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(minutes.carriers, "send", stumble)
    await minutes.pass_by()
    assert "anchoring-stumbled" in minutes.log.getvalue()
    assert kept(told) == [(1, True, None)]
    await minutes.carriers.aclose()
    told.close()


async def test_nobody_listens_there(told: Told, server: StampServer) -> None:
    server.http.socket.close()
    minutes = Minutes(told)
    await minutes.pass_by()
    assert kept(told) == [(1, False, "unreachable")]
    await minutes.carriers.aclose()


async def test_an_earlier_answer_said_again_is_not_believed(told: Told, server: StampServer) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    told.opened()
    server.mood = "repeating"
    await minutes.pass_by(timedelta(minutes=16))
    assert kept(told)[-1] == (2, False, "other-nonce")
    await minutes.carriers.aclose()


async def test_a_stamp_is_of_one_root_and_of_somebody_who_is_believed(
    told: Told, authority: Authority, tmp_path: Path
) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    first = newest_root(told.house.database)
    told.opened()
    await minutes.pass_by(MINUTE)
    second = newest_root(told.house.database)
    assert first is not None
    assert second is not None
    request = asked_for(first)
    answer = authority.stamp(request.as_bytes())
    believed = trusted(authority.ca)
    assert isinstance(examined(answer, first, believed, request.nonce), Stamp)
    assert examined(answer, second, believed) == NoStamp("other-root")
    strangers = trusted(Authority(tmp_path / "strange").ca)
    assert examined(answer, first, strangers) == NoStamp("not-believed")
    altered = answer[:-1] + bytes([answer[-1] ^ 1])
    assert examined(altered, first, believed) == NoStamp("not-believed")
    await minutes.carriers.aclose()


async def test_a_stamp_over_another_kind_of_hash_is_not_believed(told: Told, authority: Authority) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    root = newest_root(told.house.database)
    assert root is not None
    request = TimestampRequestBuilder(data=stamped(root), hash_algorithm=HashAlgorithm.SHA512).build()
    answer = authority.stamp(request.as_bytes())
    assert examined(answer, root, trusted(authority.ca), request.nonce) == NoStamp("other-hash")
    await minutes.carriers.aclose()


async def test_whoever_may_do_other_things_may_not_stamp(told: Told, authority: Authority) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    root = newest_root(told.house.database)
    assert root is not None
    answer = authority.stamp_as_somebody_else(asked_for(root).as_bytes())
    assert examined(answer, root, trusted(authority.ca)) == NoStamp("not-believed")
    web = trusted(authority.folder / "web.pem")
    assert examined(answer, root, [*web, *trusted(authority.ca)]) == NoStamp("not-believed")
    await minutes.carriers.aclose()


async def test_the_check_says_from_when_a_third_party_proves_it(told: Told) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    found = verify_whole(told.house)
    assert (found.faults, found.stamps, found.stamped_until) == ((), 1, START)
    assert found.stamped_at is not None
    assert "A third party proves what happened up to" in audit(told, "verify").stderr
    await minutes.carriers.aclose()


async def test_a_root_made_anew_has_no_stamp_that_holds(told: Told) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    with told.house.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER roots_no_update")
        connection.exec_driver_sql("UPDATE roots SET entries = entries + 1")
    faults = [fault for fault in verify_whole(told.house).faults if fault.code == "stamp"]
    assert [(fault.seq, fault.message.rpartition(" ")[2]) for fault in faults] == [(1, "other-root")]
    await minutes.carriers.aclose()


async def test_without_certificates_the_check_says_that_it_did_not_look(told: Told) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    told.house.settings.data.joinpath("staffetta.toml").write_text("")
    said = audit(told, "verify")
    assert said.exit_code == 0
    assert "Time stamps that were not checked" in said.stderr
    await minutes.carriers.aclose()


async def test_openssl_verifies_what_the_archive_says_that_it_did_not(told: Told, tmp_path: Path) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    archive, alone = tmp_path / "trail.zip", tmp_path / "alone"
    assert audit(told, "export", "--to", str(archive)).exit_code == 0
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(alone)
    command = [sys.executable, "-I", "-S", "verify.py", str(archive), "--language", "en"]
    said = ran(command, alone)
    assert said.returncode == 0, said.stdout + said.stderr
    line = next(line for line in said.stdout.splitlines() if "NOT checked here" in line)
    words = shlex.split(line.partition("&& ")[2].replace("CA.pem", str(told.house.settings.anchors.stamp_ca)))
    found = ran(words, alone)
    assert "Verification: OK" in found.stdout + found.stderr
    (alone / "stamps" / "1.txt").write_text((alone / "stamps" / "1.txt").read_text().replace("root 1", "root 2"))
    assert ran(words, alone).returncode != 0
    await minutes.carriers.aclose()


async def test_an_archive_whose_stamps_are_of_other_roots_is_found(told: Told, tmp_path: Path) -> None:
    minutes = Minutes(told)
    await minutes.pass_by()
    archive = tmp_path / "trail.zip"
    audit(told, "export", "--to", str(archive))
    with zipfile.ZipFile(archive) as before, zipfile.ZipFile(tmp_path / "other.zip", "w") as after:
        before.extract("verify.py", tmp_path)
        for name in before.namelist():
            after.writestr(name.replace("stamps/1.", "stamps/2."), before.read(name))
    command = [sys.executable, "-I", "-S", "verify.py", "other.zip", "--language", "en"]
    said = ran(command, tmp_path)
    assert said.returncode == 3
    assert "root 2: is not the one that was told outside" in said.stdout
    await minutes.carriers.aclose()


async def test_a_doctor_says_that_the_server_was_silent_for_a_day(told: Told, server: StampServer) -> None:
    server.mood = "down"
    minutes = Minutes(told)
    await minutes.pass_by()
    assert "stamp" not in _anchors(told.house).said
    told.clock.at += timedelta(days=1)
    assert "stamp." in _anchors(told.house).said
    await minutes.carriers.aclose()


async def test_a_file_without_certificates_is_said_and_stops_nothing(told: Told, tmp_path: Path) -> None:
    ca = tmp_path / "empty.pem"
    ca.write_text("nothing")
    with pytest.raises(StampCaUnreadable):
        trusted(ca)
    anchors = told.house.settings.anchors.model_copy(update={"stamp_ca": ca})
    object.__setattr__(told.house, "settings", told.house.settings.model_copy(update={"anchors": anchors}))
    minutes = Minutes(told)
    assert await minutes.pass_by() == 1
    assert kept(told) == [(1, False, "stamp-ca-unreadable")]
    assert "empty.pem" in _anchors(told.house).said
    await minutes.carriers.aclose()
