"""What PostgreSQL and the way to it do to a transaction, in our words: the server's own may quote a whole row."""

import psycopg
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from models.store_errors import StoreBusy, StoreFailed, StoreRaced, StoreUnreachable

RACED = {"23505"}
"""Unique violation: somebody else saved it at that moment."""
BUSY = {"40001", "40P01", "55P03", "57014", "53300", "25P03"}
"""Serialisation, deadlock, lock not available, statement cancelled, too many connections, idle for too long."""
GONE = {"57P01", "57P02", "57P03", "57P05", "25006"}
"""Shut down, crashed, starting up, session ended; or a standby, which cannot save."""
GONE_CLASSES = {"08"}


def told(error: BaseException) -> BaseException:
    """Ours for whatever the driver raised: nothing of its text goes on, only the name of what it was."""
    if isinstance(error, exc.TimeoutError):
        return StoreBusy()
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state is None:
        gone = isinstance(cause, psycopg.OperationalError)
        return StoreUnreachable(why="closed") if gone else StoreFailed(why=type(cause).__name__)
    return _by_code(state, cause)


def _by_code(state: str, cause: object) -> Exception:
    why = type(cause).__name__
    if state in RACED:
        return StoreRaced()
    if state in BUSY:
        return StoreBusy()
    if state in GONE or state[:2] in GONE_CLASSES:
        return StoreUnreachable(why=why)
    return StoreFailed(why=why)
