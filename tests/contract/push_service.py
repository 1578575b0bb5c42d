"""A push service on loopback and the browser behind it: it opens what it got, with hands of its own (RFC 8291)."""

import asyncio
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def push_key_file(folder: Path, key: Any = None) -> Path:
    file = folder / "push.pem"
    pem = (key or ec.generate_private_key(ec.SECP256R1())).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(pem)
    file.chmod(0o400)
    return file


@dataclass
class Browser:
    """Holds the keys of one subscription."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(*POINT)

    def address(self, endpoint: str) -> str:
        return f"{endpoint} {unpadded(self.public)} {unpadded(self.auth)}"

    def opened(self, body: bytes) -> bytes:
        """The text of a body, without what it was filled up with."""
        salt, length = body[:16], body[20]
        theirs = body[21 : 21 + length]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = _hkdf(self.auth, b"WebPush: info\x00" + self.public + theirs, 32, shared)
        key = _hkdf(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
        nonce = _hkdf(salt, b"Content-Encoding: nonce\x00", 12, secret)
        record = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        return record.rstrip(b"\x00").removesuffix(b"\x02")


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass(frozen=True)
class Fault:
    """One misbehaviour."""

    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    """It takes the message and says nothing."""
    drops: bool = False
    """It takes the message and hangs up."""


@dataclass
class PushService:
    """What came in, and what is answered next."""

    port: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/push/AbC-123"

    def url(self, key: Path) -> str:
        return f"staffetta-push:///?from=admin@example.org&vapid_key={key}&services=127.0.0.1:{self.port}"

    def claims(self, number: int = -1) -> Mapping[str, Any]:
        """What the house said of itself, its signature checked with the key that it named."""
        said = dict(part.strip().partition("=")[::2] for part in self.headers[number]["authorization"][6:].split(","))
        point = padded(said["k"])
        numbers = {"x": unpadded(point[1:33]), "y": unpadded(point[33:])}
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", **numbers})
        return dict(jwt.decode(said["t"], key, algorithms=["ES256"]).claims)


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(_serve(service, reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _serve(service: PushService, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            service.lines.append(head[0])
            service.headers.append(headers)
            service.bodies.append(body)
            fault = service.faults.popleft() if service.faults else Fault()
            if fault.silent:
                await asyncio.sleep(2)
            if fault.silent or fault.drops:
                break
            more = "".join(f"{name}: {value}\r\n" for name, value in fault.headers.items())
            writer.write(f"HTTP/1.1 {fault.status} X\r\n{more}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()


def said_in(text: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(text)
    return found
