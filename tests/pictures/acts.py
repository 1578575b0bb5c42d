"""What somebody does on a page before its picture is taken."""

from playwright.sync_api import Page

from tests.pictures.stage import WHO, Stage


def open_all(page: Page, _: Stage) -> None:
    """Open whatever is folded."""
    for closed in page.locator("main details:not([open]) > summary").all():
        if closed.is_visible():
            closed.click()


def on_paper(page: Page, _: Stage) -> None:
    """As it would be printed."""
    page.emulate_media(media="print")


def send_empty(page: Page, _: Stage) -> None:
    """Send the form past the browser's own checks."""
    page.evaluate("document.querySelectorAll('main form').forEach(form => form.noValidate = true)")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_load_state()


def screen(page: Page, _: Stage) -> None:
    """Answer DA-5 as somebody in great danger does."""
    page.locator("#screens > summary").click()
    for item, said in (("more_often", "yes"), ("weapon", "no"), ("could_kill", "yes"), ("choked", "yes")):
        page.locator(f"[id='screen.da5.{item}']").select_option(said)
    page.locator("#screens button").click()
    page.wait_for_load_state()


def ask_who(page: Page, _: Stage) -> None:
    """Ask who would be called."""
    page.select_option("#territory", "valle_chiara")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_load_state()


def give_code(page: Page, made: Stage) -> None:
    """Type the code that the message carries."""
    page.fill("#code", made.places["code_of_link"])
    page.click("main button")
    page.wait_for_load_state()


def give_password(page: Page, made: Stage) -> None:
    """Name and password, by which the second factor is asked for."""
    page.goto(f"{made.base}/sign-in")
    name = WHO["operator"][0]
    page.fill("#name", name)
    page.fill("#password", made.passwords[name])
    page.click("main button")
    page.wait_for_load_state()
