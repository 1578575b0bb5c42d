"""One file that a form sends: the only bodies of this desk that are no plain form, and larger than one."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

MOST_FIELDS = 2
LONGEST_NAME = 100


@dataclass(frozen=True)
class Upload:
    """What was sent."""

    name: str
    """As the browser calls it. Only shown, never opened."""
    content: bytes


async def uploaded(request: Request) -> Upload | None:
    """The file of the field `file`; None for any other body: whoever may not come in learns nothing of this form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return None
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile) or len(form.multi_items()) != 1:
                return None
            content = await sent.read()
    except (MultiPartException, HTTPException):
        return None
    name = "".join(one for one in sent.filename or "" if one.isprintable()).strip()
    return Upload(name[:LONGEST_NAME] or "network", content)


Uploaded = Annotated[Upload | None, Depends(uploaded)]
