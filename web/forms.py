"""Forms as they come in: names and words, nothing else, never more than a page of ours would send."""

from collections.abc import Mapping
from itertools import chain
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

MOST_FIELDS = 200
BROKEN = frozenset("\0\ufffd")
"""A zero byte, and what stands for bytes that are no text."""
COMMAND = "command"
SECRET = frozenset({"password", "again", "current"})
SHORTEST_ID, LONGEST_ID = 16, 60


class FormNotUnderstood(Exception):
    """The body is no form of ours. Holds nothing of it."""


async def typed(request: Request) -> FormData:
    """The fields of the form; none where nothing was sent. Raises FormNotUnderstood for any other body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", ""}:
        raise FormNotUnderstood
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    pairs = form.multi_items()
    names = {name for name, _ in pairs}
    # Which of two values was meant, nobody can know; and what was no UTF-8 would be kept mutilated.
    if len(pairs) > MOST_FIELDS or len(names) < len(pairs) or not all(map(_is_text, chain(*pairs))):
        raise FormNotUnderstood
    return form


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not BROKEN.intersection(value)


Typed = Mapping[str, str]
"""What was typed, to fill a form again."""

Form = Annotated[FormData, Depends(typed)]


def word(form: FormData, name: str) -> str:
    """What was typed under that name, without the spaces around it; empty where nothing was."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def words(form: FormData) -> Typed:
    """All that was typed, to fill the form again. Passwords are never given back."""
    return {name: word(form, name) for name in form if name not in SECRET}


def under(form: FormData, prefix: str) -> dict[str, str]:
    """Fields `PREFIX.name` that were filled in, by name."""
    found = {name.removeprefix(f"{prefix}."): word(form, name) for name in form if name.startswith(f"{prefix}.")}
    return {name: value for name, value in found.items() if value}


def command_id(form: FormData, kind: str) -> str:
    """The id that the page drew for this act, so that sending the form twice does the thing once.

    `kind` keeps two buttons of one form apart. Raises FormNotUnderstood where the page's id is missing.
    """
    drawn = word(form, COMMAND)
    if not SHORTEST_ID <= len(drawn) <= LONGEST_ID or not drawn.replace("-", "").isalnum():
        raise FormNotUnderstood
    return f"{drawn}.{kind}"
