"""A provider of OpenID Connect on loopback that lies in whatever way a story needs; it checks PKCE and our secret."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "staffetta", "not:s3cret/100%"
WELL_KNOWN = "/.well-known/openid-configuration"


def a_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


KEY, FOREIGN_KEY = a_key("one"), a_key("one")
"""The second calls itself as the first does."""


@dataclass
class HonestProvider:
    """What it says, each part of which a story may replace."""

    base: str = ""
    asked: list[str] = field(default_factory=list)
    """The paths that were asked."""
    said: list[Mapping[str, str]] = field(default_factory=list)
    """The forms that came for a token."""
    subject: str = "mario-rossi-1970"
    begun: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    sign: Callable[[dict[str, Any]], str] | None = None
    answer: tuple[int, bytes] | None = None
    """In the place of its token."""
    drips: float = 0.0
    """Seconds between two letters of its token."""

    def goes(self, address: str) -> str:
        """What a browser brings back whose owner said yes: state and code, as a query."""
        self.begun = dict(parse_qsl(urlsplit(address).query))
        return f"state={self.begun['state']}&code=code-of-this-way"

    def configuration(self) -> Mapping[str, Any]:
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.base, **{name: self.base + path for name, path in places.items()}, **self.metadata}

    def token(self, form: Mapping[str, str], authorization: str) -> tuple[int, bytes]:
        self.said.append(form)
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        ours = self.begun["code_challenge"] == challenge and self.begun["code_challenge_method"] == "S256"
        if basic != "staffetta:not%3As3cret%2F100%25" or not ours or form["code"] != "code-of-this-way":
            return 400, b'{"error": "invalid_grant"}'
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.base, "sub": self.subject, "aud": CLIENT, "exp": now + 60, "iat": now}
        claims |= {"nonce": self.begun["nonce"], "email": "mario.rossi@example.org", **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.sign(claims) if self.sign else jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
        return 200, json.dumps({"access_token": "at", "token_type": "Bearer", "id_token": token}).encode()


def _handler(provider: HonestProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name, not ours
            """Say nothing."""

        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path == WELL_KNOWN:
                self._answer(200, json.dumps(provider.configuration()).encode())
            elif self.path == "/keys":
                keys = [key.as_dict(private=False) for key in provider.keys]
                self._answer(200, json.dumps({"keys": keys}).encode())
            else:
                self._answer(404, b"{}")

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            self._answer(*(provider.answer or provider.token(form, self.headers.get("authorization", ""))))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            try:
                for letter in body if provider.drips and self.command == "POST" else ():
                    self.wfile.write(bytes([letter]))
                    time.sleep(provider.drips)
                self.wfile.write(b"" if provider.drips and self.command == "POST" else body)
            except OSError:
                return  # whoever asked has gone

    return Handler


@contextmanager
def identity_provider() -> Iterator[HonestProvider]:
    """One that listens until the story is over."""
    provider = HonestProvider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    provider.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def settings_for(issuer: str, folder: Path, more: str = "") -> str:
    """The section that names it; its secret stands in a file for its owner alone."""
    file = folder / "oidc-secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    file.chmod(0o600)
    return f'[oidc]\nissuer = "{issuer}"\nclient_id = "{CLIENT}"\nclient_secret_file = "{file}"\n{more}'
