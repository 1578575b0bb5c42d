"""To which browsers an alert is also said, and which of them are there no more; within the transaction of an alert."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select

from models.account_tables import Operator, PushBrowser
from models.prepared import Prepared
from procedures.people import Role

MOST = 5
"""Of one account, and for one alert."""
GONE = frozenset({"404", "410"})
"""What a push service says of a browser that is there no more (RFC 8030, 7.3)."""
OF_PERSON = Prepared(
    select(PushBrowser.browser_id, Operator.roles)
    .join(Operator, Operator.operator_id == PushBrowser.operator_id)
    .where(Operator.person == bindparam("whose"), Operator.shut.is_(False))
    .order_by(PushBrowser.made_at, PushBrowser.browser_id)
)


def browsers_of_person(connection: Connection, person: str) -> Sequence[str]:
    """The ids of those to which her alerts are said: of accounts that answer for her services."""
    rows = OF_PERSON.read(connection, whose=person)
    return [row.browser_id for row in rows if Role.SERVICE_MEMBER.value in row.roles.split()][:MOST]


def forget(connection: Connection, browser_id: str) -> None:
    """Its push service says that it is gone."""
    connection.execute(delete(PushBrowser).where(PushBrowser.browser_id == browser_id))
