"""Which addresses never leave this machine."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Tell whether this address never leaves the machine. A name is none: it may resolve to anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
