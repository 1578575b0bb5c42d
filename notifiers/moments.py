"""A deadline as people read it: exact, with its date, in the hour of Rome (Babel would round a time left)."""

import gettext
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from procedures.marking import N_
from procedures.urgency import Urgency

ROME = ZoneInfo("Europe/Rome")
SUMMER = N_("summer time")
WINTER = N_("winter time")
SUMMER_SHORT = N_("summer")
WINTER_SHORT = N_("winter")


def long_deadline(deadline: datetime, language: str, catalogue: gettext.NullTranslations) -> str:
    """Write weekday, date and hour in full, for the body of a mail."""
    local = deadline.astimezone(ROME)
    day = format_date(local.date(), "EEEE d MMMM y", locale=language)
    which = _which_of_two(local, SUMMER, WINTER)
    hour = f"{local:%H:%M}" + (f" ({catalogue.gettext(which)})" if which else "")
    return catalogue.gettext("{day}, {hour} (Rome)").format(day=day, hour=hour)


def subject_deadline(deadline: datetime, urgency: Urgency, language: str, catalogue: gettext.NullTranslations) -> str:
    """Write the hour alone where it can only be the next one, else with its day."""
    local = deadline.astimezone(ROME)
    if urgency is Urgency.NOW:
        return f"{local:%H:%M}"
    day = format_date(local.date(), "d MMMM", locale=language)
    return catalogue.gettext("{hour} of {day}").format(day=day, hour=f"{local:%H:%M}")


def short_deadline(deadline: datetime, catalogue: gettext.NullTranslations) -> str:
    """Write `24/11 20:15`, for an SMS."""
    local = deadline.astimezone(ROME)
    which = _which_of_two(local, SUMMER_SHORT, WINTER_SHORT)
    return f"{local:%d/%m %H:%M}" + (f" {catalogue.gettext(which)}" if which else "")


def _which_of_two(local: datetime, summer: str, winter: str) -> str:
    """Name the hour that comes twice when the clocks go back; any other needs no name."""
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first >= second:
        return ""
    return winter if local.fold else summer
