"""Every refusal of the rules has a status; only what was typed wrong is 422."""

import pytest

from models.store_errors import StoreBusy
from procedures import errors
from procedures.errors import Refused
from web.refusals import status_of

REFUSALS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)]


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: str(kind.__name__))
def test_a_refusal_is_never_a_failure_of_the_server(kind: type[Refused]) -> None:
    refusal = kind.__new__(kind)

    assert status_of(refusal) in {404, 409, 422}


def test_what_was_not_saved_is() -> None:
    assert status_of(StoreBusy()) == 503
