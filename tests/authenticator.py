"""A device of our own that makes passkeys: EC P-256, as browsers pack it, and wrong in whatever way a story needs."""

import hashlib
import json
import os
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One device with one key. `origin` is that of the page on which its owner stands."""

    origin: str = "http://localhost:8480"
    rp_id: str = "localhost"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0

    def make(self, options: str, *, flags: int = PRESENT | VERIFIED, kind: str = "webauthn.create") -> str:
        """What a browser answers that was told to make a passkey."""
        client = self._client(options, kind)
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self._cose()
        data = self._data(flags | ATTESTED) + attested
        said = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._packed(clientDataJSON=client, attestationObject=said)

    def use(self, options: str, *, flags: int = PRESENT | VERIFIED, kind: str = "webauthn.get") -> str:
        """What a browser answers that was told to use one."""
        self.count += 1
        client = self._client(options, kind)
        data = self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._packed(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, options: str, kind: str) -> bytes:
        said = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _packed(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def spoilt(answer: str, part: str) -> str:
    """The same with one bit of that part changed."""
    said = json.loads(answer)
    value = bytearray(base64url_to_bytes(said["response"][part]))
    value[len(value) // 2] ^= 1
    said["response"][part] = bytes_to_base64url(bytes(value))
    return json.dumps(said)
