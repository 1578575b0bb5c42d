"""Which of several machines this is: the names of its workers are its own, so that it frees no lease but theirs."""

import hashlib
import secrets
import socket
from pathlib import Path

FILE_NAME = "place"


def place_of(run_folder: Path) -> str:
    """A short name for this data folder on this machine, the same after each start. Call it where nobody else does.

    It is drawn, not derived: it tells nothing. A folder that was copied to another machine is another place.
    """
    kept = run_folder / FILE_NAME
    if not kept.exists():
        kept.write_text(secrets.token_hex(8), encoding="ascii")
    told = f"{kept.read_text(encoding='ascii')} {socket.gethostname()}"
    return hashlib.sha256(told.encode()).hexdigest()[:8]
