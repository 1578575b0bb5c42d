"""What every kind of test may ask for."""

from tests.databases import cluster, database_settings, postgresql

__all__ = ["cluster", "database_settings", "postgresql"]
