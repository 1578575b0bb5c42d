"""A new machine gets from the lock for working all that the product needs, pinned alike."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pinned(name: str) -> dict[str, str]:
    """Versions by package, without the hashes."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    heads = [
        line.removesuffix("\\").partition(";")[0].strip()
        for line in lines
        if line and not line.startswith((" ", "#", "-"))
    ]
    return {package: version for package, _, version in (head.partition("==") for head in heads)}


def test_the_lock_for_working_holds_the_product_s_own() -> None:
    product, working = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert len(product) > 50
    assert {name: working.get(name) for name in product} == product


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_what_the_project_asks_for_is_locked(lock: str) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = text.partition("dependencies = [")[2].partition("\n]")[0].splitlines()
    names = {
        line.strip().strip('"').partition(">")[0].partition("=")[0].partition("[")[0].lower()
        for line in asked
        if '"' in line
    }
    assert len(names) > 20
    assert names - {name.partition("[")[0] for name in pinned(lock)} == set()
