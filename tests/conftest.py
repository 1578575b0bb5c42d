"""What every kind of test may ask for."""

import pytest

from tests.databases import cluster, database_settings, postgresql

__all__ = ["cluster", "database_settings", "postgresql"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A Prefect server takes long to start: every test that asks for one runs in the same worker."""
    for item in items:
        if "prefect" in getattr(item, "fixturenames", ()) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("prefect"))
