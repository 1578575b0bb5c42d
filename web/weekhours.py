"""The opening hours of a service as a person reads them."""

from babel.dates import get_day_names

from notifiers.language import translator
from procedures.directory import Service
from web.saying import N_

ALWAYS = N_("always open")


def hours_said(service: Service, language: str) -> str:
    """`lun, mar 08:00-14:00`; what is written as OpenStreetMap does is shown as it is written."""
    if service.opening_hours:
        return service.opening_hours
    if not service.hours:
        return translator(language, "web").gettext(ALWAYS)
    names = get_day_names("abbreviated", locale=language)
    said = ((", ".join(names[day] for day in one.days), one) for one in service.hours)
    return "; ".join(f"{days} {one.since:%H:%M}-{one.until:%H:%M}" for days, one in said)
