"""A real server of time stamps on loopback: `openssl ts` behind HTTP, with a body that vouches for it, made here.

It can misbehave as a server outside might: be slow, redirect, answer garbage, too much, or what was never asked for.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here to stamp anything")
CONFIG = """
[ca]
basicConstraints = critical,CA:TRUE
[tsa]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[web]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,serverAuth
[stamping]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
"""


class Authority:
    """A body that vouches for whoever stamps, and whoever stamps."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.ca = folder / "ca.pem"
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
        new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        vouch = ("-addext", "basicConstraints=critical,CA:TRUE", "-days", "9", "-out", "ca.pem")
        self._run(*new, "-x509", "-keyout", "ca.key", "-subj", f"/CN=CA {folder.name}", *vouch)
        for name in ("tsa", "web"):
            self._run(*new, "-keyout", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
            sign = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9", "-out", f"{name}.pem")
            extensions = ("-extfile", "ts.cnf", "-extensions", name)
            self._run("x509", "-req", "-in", f"{name}.csr", *sign, *extensions)

    def _run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def stamp(self, query: bytes) -> bytes:
        """The answer to a query."""
        (self.folder / "query.tsq").write_bytes(query)
        words = ("-config", "ts.cnf", "-section", "stamping", "-queryfile", "query.tsq", "-out", "answer.tsr")
        self._run("ts", "-reply", *words)
        return (self.folder / "answer.tsr").read_bytes()

    def stamp_as_somebody_else(self, query: bytes) -> bytes:
        """The same, signed by somebody for whom the same body vouches, though not that she may stamp."""
        self.stamp(query)
        self._run("ts", "-reply", "-in", "answer.tsr", "-token_out", "-out", "token.der")
        self._run("cms", "-verify", "-noverify", "-in", "token.der", "-inform", "DER", "-binary", "-out", "content.der")
        signer = ("-signer", "web.pem", "-inkey", "web.key", "-md", "sha256", "-nodetach", "-outform", "DER")
        content = ("-in", "content.der", "-binary", "-econtent_type", "1.2.840.113549.1.9.16.1.4")
        self._run("cms", "-sign", *signer, *content, "-out", "token.der")
        whole = b"0\x03\x02\x01\x00" + (self.folder / "token.der").read_bytes()
        return b"0\x82" + len(whole).to_bytes(2, "big") + whole


class StampServer:
    """It stamps what it is asked to, or does what `mood` says."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.mood = ""
        self.asked: list[bytes] = []
        self.elsewhere = 0
        """How often somebody followed its redirect."""
        self._first = b""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.answer(self)

            def do_GET(self) -> None:
                server.elsewhere += 1
                self.send_error(404)

            def log_message(self, *words: object) -> None:
                """In silence."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/tsr"

    def answer(self, asking: BaseHTTPRequestHandler) -> None:
        query = asking.rfile.read(int(asking.headers["Content-Length"]))
        self.elsewhere += asking.path != "/tsr"
        self.asked.append(query)
        status = {"down": 503, "redirecting": 307}.get(self.mood, 200)
        body = self._body(query) if status == 200 else b""
        asking.send_response(status)
        if self.mood == "redirecting":
            asking.send_header("Location", "/elsewhere")
        asking.send_header("Content-Length", str(len(body)))
        asking.end_headers()
        if self.mood == "dripping":
            drip(asking, body)
        else:
            asking.wfile.write(body)

    def _body(self, query: bytes) -> bytes:
        if self.mood == "slow":
            time.sleep(1.5)
        wrong = {"slow": b"", "garbage": b"<html>good morning</html>", "huge": b"0" * 80_000, "repeating": self._first}
        if self.mood in wrong:
            return wrong[self.mood]
        answer = self.authority.stamp(b"0\x03\x02\x01\x01" if self.mood == "refusing" else query)
        self._first = self._first or answer
        return answer


def drip(asking: BaseHTTPRequestHandler, body: bytes) -> None:
    """One byte after the other, never so late that a wait for the next one would end."""
    with suppress(OSError):  # whoever asked has gone
        for byte in body[:15]:
            time.sleep(0.1)
            asking.wfile.write(bytes([byte]))


@contextmanager
def stamping(authority: Authority) -> Iterator[StampServer]:
    """A server that runs meanwhile."""
    server = StampServer(authority)
    thread = Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
        thread.join()
