"""What schemathesis is told besides the description: which cases and handoffs are really there to ask for."""

import os
from itertools import cycle
from typing import Any

import schemathesis

REFS = os.environ["REAL_REFS"].split()
FREE, TAKEN = cycle(REFS[:12]), cycle(REFS[12:])
"""Only what was taken can be completed."""
CODES = os.environ["REAL_CODES"].split()
STOPPED, KEPT = cycle(CODES[:6]), cycle(CODES[6:])
"""A cancelled case answers everything with 409: only some of them are given to whoever cancels."""
TURN = cycle([True, True, True, False])
"""Three times in four what is there, once what schemathesis thought of."""


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> dict[str, Any]:
    """The same parameters, with real values for most of those that we know."""
    asked = context.operation.path if context.operation is not None else ""
    real = {
        "ref": TAKEN if asked.endswith("/complete") else FREE,
        "code": STOPPED if asked.endswith("/cancel") else KEPT,
    }
    given = path_parameters or {}
    # Its example fits what was taken, and little else that is thought of does.
    always = asked.endswith("/complete")
    return {
        name: next(real[name]) if name in real and (always or next(TURN)) else value for name, value in given.items()
    }
