"""What others wrote is served only as the file that was looked at."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from web import assets
from web.assets import Asset, AssetDiffers, AssetsNotDownloaded

STYLE = b"body{color:red}@font-face{font-family:VideoJS;src:url(data:application/font-woff;base64,AAAA)}p{margin:0}"
SERVED = b"body{color:red}p{margin:0}"


def a_wheel(folder: Path) -> Path:
    path = folder / "some_theme-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("theme/style.css", STYLE)
    return path


def an_asset(content: bytes) -> Asset:
    return Asset(
        file="css/style.css",
        wheel="some-theme 1.0",
        member="theme/style.css",
        licence="BSD-3-Clause",
        sha256=hashlib.sha256(content).hexdigest(),
    )


def test_a_style_sheet_is_served_without_the_font_that_our_policy_refuses(tmp_path: Path) -> None:
    assets.copy([an_asset(SERVED)], {"some-theme 1.0": a_wheel(tmp_path)}, tmp_path / "vendor")

    assert (tmp_path / "vendor" / "css" / "style.css").read_bytes() == SERVED


def test_a_file_that_differs_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(AssetDiffers, match=r"style\.css is not the file"):
        assets.copy([an_asset(b"another")], {"some-theme 1.0": a_wheel(tmp_path)}, tmp_path / "vendor")

    assert not (tmp_path / "vendor" / "css" / "style.css").exists()


def test_a_file_that_was_changed_since_is_missing_again(tmp_path: Path) -> None:
    asset = an_asset(SERVED)
    assets.copy([asset], {"some-theme 1.0": a_wheel(tmp_path)}, tmp_path)
    assert assets.missing([asset], tmp_path) == []

    (tmp_path / asset.file).write_bytes(b"changed")

    assert assets.missing([asset], tmp_path) == [asset]


@pytest.mark.slow
def test_without_an_index_one_sentence_says_that_the_pages_still_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(AssetsNotDownloaded, match="pages work without it"):
        assets.download(tmp_path)


def test_every_file_of_ours_names_its_licence_and_its_wheel_with_a_pinned_hash() -> None:
    pins = assets.PINS.read_text(encoding="utf-8")

    for asset in assets.manifest():
        distribution, version = asset.wheel.split()
        assert f"{distribution}=={version} --hash=sha256:" in pins
        assert asset.licence in {"BSD-3-Clause", "OFL-1.1", "Apache-2.0", "0BSD", "MIT"}
