"""From a template and its values to a page, in one of our two languages. Everything is escaped; nothing is inline."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from notifiers.language import translator
from web import spans
from web.assets import VENDOR

TEMPLATES = Path(__file__).parent / "templates"

HTMX_CONFIG = (
    '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,'
    '"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true}'
)


@lru_cache
def environment(language: str) -> Environment:
    """The templates with their sentences in that language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = translator(language, "web")
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["span"] = lambda seconds: spans.span(seconds, language)
    made.filters["hour"] = lambda at: spans.hour(at, language)
    made.filters["day_and_hour"] = lambda at, now: spans.day_and_hour(at, language, now)
    made.filters["day"] = lambda day: spans.day(day, language)
    made.filters["machine"] = spans.machine
    made.globals.update(language=language, htmx_config=HTMX_CONFIG)
    return made


def say(language: str, sentence: str) -> str:
    """A sentence of this room in that language."""
    return translator(language, "web").gettext(sentence)


def draw(template: str, language: str, values: Mapping[str, object]) -> str:
    """The HTML. A name that the template uses and nobody gave is an error, never a blank."""
    return environment(language).get_template(template).render(values)


def page(template: str, language: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """An answer with that page."""
    return HTMLResponse(draw(template, language, values), status_code=status)


def has_vendor() -> bool:
    """Whether the desk's style was brought (`python -m web.assets`). Without it the pages are plain HTML."""
    return (VENDOR / "css" / "bootstrap-italia.min.css").is_file() and (VENDOR / "htmx.min.js").is_file()
