"""What lies one beyond a limit is refused, and what lies at it is not."""

import asyncio
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from cli.errors import UnreadableFile
from cli.files import LARGEST_FILE, read_text
from models.passwords import LONGEST_PASSWORD, fits, hashed_password
from web.forms import MOST_FIELDS, typed
from web.lanes import THREADS


def form_of(fields: int) -> Request:
    """A request with a form of so many fields."""
    body = "&".join(f"field{number}=x" for number in range(fields)).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    return Request({"type": "http", "method": "POST", "path": "/", "headers": [kind], "app": None}, receive)


def test_a_form_has_so_many_fields_and_no_more() -> None:
    assert len(asyncio.run(typed(form_of(MOST_FIELDS)))) == MOST_FIELDS
    with pytest.raises(HTTPException):
        asyncio.run(typed(form_of(MOST_FIELDS + 1)))


def test_a_file_on_the_command_line_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b" " * LARGEST_FILE)
    assert len(read_text(file)) == LARGEST_FILE
    with file.open("ab") as more:
        more.write(b" ")
    with pytest.raises(UnreadableFile):
        read_text(file)


def test_a_password_longer_than_any_is_never_the_right_one() -> None:
    longest = "x" * LONGEST_PASSWORD
    assert fits(hashed_password(longest), longest)
    assert not fits(hashed_password(longest + "x"), longest + "x")


def test_pages_are_made_in_as_many_threads_as_the_page_of_limits_says() -> None:
    from anyio.to_thread import current_default_thread_limiter

    async def threads() -> float:
        return current_default_thread_limiter().total_tokens

    assert asyncio.run(threads()) == THREADS
