"""What the carriers' tests share: messages, hurried limits, certificates, and a port where nobody listens."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifiers.message import Message, message_id_of
from notifiers.patience import Patience

UNHURRIED = Patience()
"""As the house has it: a handshake on a busy machine is no time-out."""
HURRIED = Patience(queueing=2.0, connecting=0.5, addressing=0.5, answering=0.5, probing=0.3, idle=20.0)
ADDRESSES = {
    "email": "turno@example.org",
    "pec": "ente@pec.example.org",
    "sms": "+393331234567",
    "voice": "+390655501007",
}


def message(channel: str, delivery: str = "0192-alert.1", **changes: Any) -> Message:
    values: dict[str, Any] = {
        "address": ADDRESSES[channel],
        "subject": "Staffetta: riferimento K7QF-2M9T" if channel in {"email", "pec"} else "",
        "body": "È per Lei.\n.\nApra https://desk.example.org/h/AAAA\nCodice: 7KM3PX\n",
    }
    values.update(changes)
    return Message(delivery_id=delivery, message_id=message_id_of(delivery), channel=channel, language="it", **values)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, as server context and as file to trust."""

    file: Path
    context: ssl.SSLContext


def make_certificate(folder: Path, name: str = "127.0.0.1") -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    alternative: x509.GeneralName = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return Certificate(file, context)
