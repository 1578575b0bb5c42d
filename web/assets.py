"""Bring the desk's style, fonts and scripts out of two wheels: `python -m web.assets`.

The repository holds only what we wrote. What comes from others is named in `static/vendor.json` (file, wheel, where in
the wheel, licence, SHA-256), downloaded with its hash pinned in `assets.txt`, copied and checked. Without it the pages
still work, as plain HTML.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from procedures.errors import StaffettaError
from web.saying import N_

HERE = Path(__file__).parent
MANIFEST = HERE / "static" / "vendor.json"
VENDOR = HERE / "static" / "vendor"
PINS = HERE.parent / "assets.txt"

_VIDEO_FONT = re.compile(rb"@font-face\{font-family:VideoJS[^}]*\}")
_SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/")


class Asset(BaseModel):
    """One file that others wrote, and how to be sure of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    wheel: str
    """Distribution and version, as in `assets.txt`."""
    member: str
    licence: str
    sha256: str
    """Of the file as we serve it: of the style sheet, a font inside it is taken out (it would break the policy)."""


class AssetsNotDownloaded(StaffettaError):
    """pip did not bring the wheels: no network, or a hash that does not match."""

    template: ClassVar[str] = N_(
        "The desk's style was not downloaded. The pages work without it, as plain HTML; try again with `make assets`."
    )


class AssetDiffers(StaffettaError):
    """A file is not the one that was looked at when its hash was written down."""

    template: ClassVar[str] = N_("{file} is not the file that web/static/vendor.json names. Nothing of it is served.")


def manifest() -> tuple[Asset, ...]:
    """What `vendor.json` names."""
    return TypeAdapter(tuple[Asset, ...]).validate_json(MANIFEST.read_bytes())


def missing(assets: Sequence[Asset], folder: Path = VENDOR) -> list[Asset]:
    """Those that are not there, or are not what they should be."""
    return [a for a in assets if not (folder / a.file).is_file() or _digest((folder / a.file).read_bytes()) != a.sha256]


def served(data: bytes, name: str) -> bytes:
    """The bytes that we serve: of a style sheet, without the font in a `data:` URL and without the map's name."""
    return _SOURCE_MAP.sub(b"", _VIDEO_FONT.sub(b"", data)) if name.endswith(".css") else data


def copy(assets: Sequence[Asset], wheels: Mapping[str, Path], folder: Path = VENDOR) -> None:
    """Take the files out of the wheels, check each, and write it.

    Raises AssetDiffers, before anything of that file is written.
    """
    for asset in assets:
        with zipfile.ZipFile(wheels[asset.wheel]) as wheel:
            data = served(wheel.read(asset.member), asset.file)
        if _digest(data) != asset.sha256:
            raise AssetDiffers(file=asset.file)
        target = folder / asset.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def download(folder: Path) -> Mapping[str, Path]:
    """The two wheels, hashes checked by pip, by `distribution version`. Raises AssetsNotDownloaded."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    done = subprocess.run(  # noqa: S603  # our own words only
        [*pip, "--disable-pip-version-check", "--retries=1", "--dest", str(folder), "--requirement", str(PINS)],
        check=False,
        capture_output=True,
    )
    if done.returncode != 0:
        raise AssetsNotDownloaded
    return {_wheel_name(path): path for path in folder.glob("*.whl")}


def _wheel_name(path: Path) -> str:
    distribution, version, *_ = path.name.split("-")
    return f"{distribution.replace('_', '-')} {version}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    """Bring what is missing. Exit status 0 when all is there, 1 with a sentence otherwise."""
    wanted = missing(manifest())
    if not wanted:
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy(wanted, download(Path(folder)))
    except StaffettaError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    sys.stdout.write(f"{json.dumps({'assets': len(wanted)})}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
