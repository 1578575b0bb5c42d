"""A real IMAP server on loopback, without root: Dovecot in a folder of its own, with one box and no password file."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "answers@example.org", "only-for-tests"
CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_login_user = {login_user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
first_valid_uid = 0
mail_plugins =
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A server with one box."""

    folder: Path
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes]"

    def settings(self, more: str = "") -> str:
        """The section of a house whose box this is."""
        return (
            f'[replies]\naddress = "{USER}"\nhost = "127.0.0.1"\nport = {self.port}\n'
            f'password_file = "{self.folder / "password"}"\n'
            f"in_clear = true\nlook_every = 0.2\n{more}"
        )

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Somebody else who looks into it."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login(USER, PASSWORD)
        client.select(folder)
        try:
            yield client
        finally:
            client.logout()

    def put(self, *mails: bytes) -> None:
        """As if these had been delivered."""
        with self.client() as client:
            for mail in mails:
                client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), mail)

    def mails(self, folder: str = "INBOX") -> Sequence[bytes]:
        """What lies in a folder now."""
        with self.client(folder) as client:
            if client.state != "SELECTED":
                return []
            kind, found = client.uid("SEARCH", "ALL")
            return found[0].split() if kind == "OK" and found and found[0] else []

    def empty(self) -> None:
        """Nothing lies in it any more."""
        for folder in ("INBOX", "Staffetta"):
            with self.client(folder) as client:
                if client.state == "SELECTED" and self.mails(folder):
                    client.store("1:*", "+FLAGS", r"(\Deleted)")
                    client.expunge()

    def stop(self) -> None:
        """It dies."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@contextmanager
def dovecot(certificate: tuple[Path, Path] | None = None) -> Iterator[Dovecot]:
    """A server that answers. Where there is no Dovecot on this machine, the test is passed over, and says so."""
    if PROGRAM is None:
        pytest.skip("Dovecot is not installed here (apt-get install dovecot-imapd)")
    # Short, for the sockets in it; and open, for the users as which its parts run.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)  # nothing but invented mails of a test
    try:
        found = _started(folder, certificate)
        try:
            yield found
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, certificate: tuple[Path, Path] | None) -> Dovecot:
    assert PROGRAM is not None
    port, tls_port = free_port(), free_port()
    ours = _users(folder)
    files = "" if certificate is None else f"ssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}"
    written = CONFIGURATION.format(
        folder=folder,
        ssl="no" if certificate is None else "yes",
        certificate=files,
        password=PASSWORD,
        port=port,
        tls_port=tls_port,
        **ours,
    )
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, encoding="utf-8")
    (folder / "dovecot.conf").write_text(written, encoding="utf-8")
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "dovecot.conf")])
    found = Dovecot(folder, port, tls_port, process)
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            with found.client():
                return found
        except (OSError, imaplib.IMAP4.error):
            assert process.poll() is None, (folder / "dovecot.log").read_text(encoding="utf-8")
            time.sleep(0.05)  # until it listens
    found.stop()
    raise AssertionError((folder / "dovecot.log").read_text(encoding="utf-8"))


def _users(folder: Path) -> Mapping[str, str | int]:
    """As whom its parts run: as whoever tests; root's tests let it be what it was installed to be."""
    me = pwd.getpwuid(os.getuid())
    if me.pw_uid:
        group = grp.getgrgid(me.pw_gid).gr_name
        return {"login_user": me.pw_name, "user": me.pw_name, "group": group, "uid": me.pw_uid, "gid": me.pw_gid}
    nobody = pwd.getpwnam("nobody")
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, nobody.pw_uid, nobody.pw_gid)
    return {
        "login_user": "dovenull",
        "user": "dovecot",
        "group": "dovecot",
        "uid": nobody.pw_uid,
        "gid": nobody.pw_gid,
    }
