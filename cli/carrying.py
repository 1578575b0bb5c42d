"""The carriers as they are set, looked at before anything is started with them."""

from cli.errors import UnreadableFile
from models.settings import Settings
from notifiers.carriers import Carriers


def usable_carriers(settings: Settings) -> dict[str, str]:
    """The URL of each kind of contact, once it is known that a message could be given to it. Nothing is sent.

    Raises:
        UnreadableFile: a URL stands in a file that cannot be read.
        BadCarrier: a URL cannot be used.
    """
    urls = {}
    for kind, carrier in sorted(settings.carriers.items()):
        try:
            urls[kind] = carrier.read_url()
        except OSError as error:
            raise UnreadableFile(path=carrier.url_file, why=error.strerror or type(error).__name__) from None
    Carriers(urls)
    return urls
