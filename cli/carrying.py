"""The carriers as they are set, looked at before anything is started with them."""

from collections.abc import Mapping

from cli.errors import CarrierReadableByOthers, UnreadableFile
from models.settings import Settings
from models.settings_carriers import Carrier, OneCarrier, every_carrier
from notifiers.carriers import Carriers
from notifiers.to_her import check_desks_carriers
from procedures.marking import N_
from procedures.reasons import reason_of

OTHERS = 0o077
"""Any right of the group or of others, as for the files of the keys."""


def usable_carriers(settings: Settings) -> dict[str, str]:
    """The URL of each kind of contact, once it is known that a message could be given to it. Nothing is sent.

    Raises:
        UnreadableFile: a URL stands in a file that cannot be read.
        CarrierReadableByOthers: a URL stands in a file that is no secret.
        BadCarrier: a URL cannot be used.
    """
    return usable(settings.carriers)


def usable_desk_carriers(settings: Settings) -> dict[str, str]:
    """The same of those through which the desk itself writes to a survivor. Raises what `usable_carriers` does."""
    urls = usable(settings.desk.carriers)
    check_desks_carriers(urls)
    return urls


def usable(carriers: Mapping[str, Carrier]) -> dict[str, str]:
    """The same of carriers that are not those of a house. Raises what `usable_carriers` does."""
    urls = {name: _url(carrier) for name, carrier in sorted(every_carrier(carriers).items())}
    Carriers(urls)
    return urls


def _url(carrier: OneCarrier) -> str:
    try:
        if carrier.url_file is not None and carrier.url_file.stat().st_mode & OTHERS:
            raise CarrierReadableByOthers(path=carrier.url_file)
        return carrier.read_url()
    except OSError as error:
        raise UnreadableFile(path=carrier.url_file, why=reason_of(error)) from None
    except UnicodeDecodeError:
        raise UnreadableFile(path=carrier.url_file, why=N_("it is no UTF-8 text")) from None
