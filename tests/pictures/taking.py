"""Taking pictures: Debian's Chromium before a desk that listens on this machine."""

import base64
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET
from tests.pictures.scene import MANY, fill, furnish
from tests.pictures.shots import On, Shot
from tests.pictures.stage import Stage, empty_stage, sign_everybody_in

HIGH = {True: 900, False: 740}
QUALITY = 0.72
"""Of the committed pictures: text stays sharp, and a dozen fit into a megabyte."""
TO_WEBP = """async ([png, quality]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + png;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d').drawImage(image, 0, 0);
  return canvas.toDataURL('image/webp', quality).split(',')[1];
}"""
"""The browser draws it again, smaller: nothing else is needed for it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that asks nobody outside for anything."""
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, *as_root, "--hide-scrollbars", "--lang=it-IT"]
        )
        yield browser
        browser.close()


def take(shots: Sequence[Shot], folder: Path) -> Iterator[tuple[Shot, Path]]:
    """Each of these pictures, as a PNG in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for on in On:
            wanted = [shot for shot in shots if shot.on is on]
            if wanted:
                with tempfile.TemporaryDirectory(prefix="staffetta-pictures-") as data, set_up(on, Path(data)) as made:
                    for shot in wanted:
                        yield shot, picture(browser, made, shot, folder)


@contextmanager
def set_up(on: On, data: Path) -> Iterator[Stage]:
    """That stage, with everybody signed in."""
    with empty_stage(data) as made:
        match on:
            case On.AT_WORK:
                furnish(made)
            case On.EMPTY:
                sign_everybody_in(made)
            case On.ONE:
                fill(made, 1)
            case On.MANY:
                fill(made, MANY)
        yield made


def picture(browser: Browser, made: Stage, shot: Shot, folder: Path) -> Path:
    """Take one."""
    high = HIGH[shot.width > 600]
    with browser.new_context(
        locale=f"{shot.language}-{shot.language.upper() if shot.language == 'it' else 'GB'}",
        timezone_id="Europe/Rome",
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        viewport={"width": shot.width, "height": high},
    ) as context:
        origins = made.desk.app.state.desk.origins
        cookies = {origins.language_cookie: shot.language}
        if shot.who:
            cookies[origins.session_cookie] = made.tokens[shot.who]
        context.add_cookies([{"name": name, "value": value, "url": made.base} for name, value in cookies.items()])
        page = context.new_page()
        go(page, made, shot)
        path = folder / f"{shot.name}.png"
        page.screenshot(path=path, full_page=shot.whole, animations="disabled", caret="hide")
    return path


def go(page: Page, made: Stage, shot: Shot) -> None:
    """Open its page and do there what is to be seen."""
    code = made.cases.get(shot.case, "")
    page.goto(f"{made.base}{shot.route.format(**{**made.places, 'code': code})}")
    if shot.act is not None:
        shot.act(page, made)
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)


def smaller(browser: Browser, pictures: Sequence[Path], folder: Path) -> None:
    """Those pictures as WebP in that folder."""
    page = browser.new_page()
    for path in pictures:
        drawn = page.evaluate(TO_WEBP, [base64.b64encode(path.read_bytes()).decode(), QUALITY])
        (folder / f"{path.stem}.webp").write_bytes(base64.b64decode(drawn))
