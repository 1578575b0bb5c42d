"""What every kind of test may ask for."""

import pytest

from tests.databases import cluster, database_settings, postgresql
from tests.prepared import make_once

__all__ = ["cluster", "database_settings", "postgresql"]


def pytest_configure() -> None:
    """Half the time of a quick test would go into making a house."""
    make_once()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A Prefect server takes long to start: every test that asks for one runs in the same worker."""
    for item in items:
        if "prefect" in getattr(item, "fixturenames", ()) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("prefect"))
