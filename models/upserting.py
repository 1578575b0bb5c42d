"""Inserts that say what is done where the row is there already, in the words of whichever database runs them.

SQLite took the clause from PostgreSQL, word for word; SQLAlchemy has one class for each, and only the one for
PostgreSQL knows everything that both compilers ask for. The contract tests run these statements on both.
"""

from sqlalchemy.dialects.postgresql.dml import Insert, insert

__all__ = ["Insert", "insert"]
