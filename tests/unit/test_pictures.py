"""Pictures: of every page there is one, the page that names them is as made, and those that are kept stay few."""

from pathlib import Path

from fastapi.routing import APIRoute

from tests.pictures.gallery import gallery
from tests.pictures.shots import NOT_PAGES, SHOTS
from tests.pictures.stage import BROKEN
from web.app import ROOMS

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "pictures"
MOST = 1_500_000
"""Bytes of all that is kept: whoever clones it fetches them all."""
NO_ROUTE = {"/nothing-here", BROKEN}
"""Pictures of failures."""


def pages() -> set[str]:
    """What a browser can fetch."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    return {route.path for route in routes if "GET" in (route.methods or ())}


def shape(path: str) -> str:
    """A route with its places unnamed: a picture names them as its stage does."""
    parts = ("{}" if part.startswith("{") and part.endswith("}") else part for part in path.split("/"))
    return "/".join(parts)


def test_every_page_has_its_picture_and_no_picture_is_of_a_page_that_is_gone() -> None:
    looked_at = {shape(shot.route) for shot in SHOTS} - NO_ROUTE
    assert looked_at == {shape(path) for path in pages() - NOT_PAGES.keys()}
    assert NOT_PAGES.keys() <= pages()


def test_each_picture_has_a_name_of_its_own() -> None:
    assert len({shot.name for shot in SHOTS}) == len(SHOTS)


def test_the_page_that_names_them_is_as_made() -> None:
    assert (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8") == gallery(), "run `make docs`"


def test_what_is_kept_is_what_was_chosen_and_stays_small() -> None:
    kept = list(KEPT.glob("*.webp"))
    assert {path.stem for path in kept} == {shot.name for shot in SHOTS if shot.chosen}
    assert sum(path.stat().st_size for path in KEPT.iterdir()) <= MOST
