"""What can be wrong with a carrier's settings. No message repeats a URL: it may hold a password."""

from procedures.errors import StaffettaError


class BadCarrier(StaffettaError):
    """A carrier cannot be used as it is set. Nothing was sent."""

    template = "The carrier {carrier} cannot be used. Look at its url in the settings."


class UnreadableCarrier(BadCarrier):
    """The text is no URL of the form `scheme://[user:password@]host[:port]/…`."""

    template = "The url of the carrier {carrier} cannot be read. Write scheme://host:port/?from=…&tls=…"


class UnknownScheme(BadCarrier):
    """No carrier of ours and no service that we let through has this scheme."""

    template = "The url of the carrier {carrier} begins with an unknown scheme. Choose one of: {known}."


class UnknownArgument(BadCarrier):
    """Arguments can switch off checks, so only those we know are let through."""

    template = "The url of the carrier {carrier} has the argument {argument}, which is not allowed. Use only: {known}."


class MissingSender(BadCarrier):
    """Without a sender nothing can leave."""

    template = "The url of the carrier {carrier} names no valid sender. Add from=… with {expected}."


class UnknownGateway(BadCarrier):
    """There is no driver for a provider of this name."""

    template = "The url of the carrier {carrier} names a gateway that is not known. Choose one of: {known}."


class MissingCredentials(BadCarrier):
    """Each provider signs people in with words of its own."""

    template = "The url of the carrier {carrier} must hold {expected} before the @: gateway={gateway} asks for it."


class UnknownTls(BadCarrier):
    """How the connection is protected has to be said."""

    template = "The url of the carrier {carrier} must say tls=… with one of: {known}."


class SchemeElsewhere(BadCarrier):
    """Certified mail and calls are channels of their own: what proves a sending alerts nobody, and so on."""

    template = "The carrier {kind} needs a url with {scheme}://, and no other carrier has one. Look at {carrier}."


class ClearText(BadCarrier):
    """Alerts leave this machine encrypted, or not at all."""

    template = "The carrier {carrier} would send in clear. tls=none is for loopback addresses only: use tls=required."


class NoRecipientPlace(BadCarrier):
    """A service of Apprise's own takes its recipient inside the URL."""

    template = "The url of the carrier {carrier} has no place for the recipient. Write {{address}} once in its path."


class RefusedByApprise(BadCarrier):
    """Apprise cannot make a service of this URL."""

    template = "Apprise cannot read the url of the carrier {carrier}. Compare it with the page of that service."


class DkimIncomplete(BadCarrier):
    """A signature needs a key and the name under which its other half is published."""

    template = (
        "The url of the carrier {carrier} must name both for its signature: dkim_selector=… with letters, digits and "
        "hyphens, and dkim_key=… with the whole path of the key file."
    )


class DkimKeyReadableByOthers(BadCarrier):
    """Whoever can read the key can write in our name."""

    template = "Others can read {path}, with which the carrier {carrier} signs its mails: chmod 400."


class DkimKeyUnusable(BadCarrier):
    """No mail leaves unsigned where a signature was promised."""

    template = (
        "The carrier {carrier} cannot sign its mails with {path}: {why}. Make a key: openssl genrsa -out FILE 2048"
    )


class PgpFolderUnusable(BadCarrier):
    """Where the keys of readers are to be there is no folder."""

    template = (
        "The url of the carrier {carrier} names no folder with pgp_keys=… Write the whole path of one that is there."
    )


class PushIncomplete(BadCarrier):
    """Each browser names its own push service: the url says only who writes, with which key, and what is known."""

    template = (
        "The url of the carrier {carrier} must be staffetta-push:///?from=…&vapid_key=… with a mail address of the "
        "administration and the whole path of the key file; services=… may list the hosts of push services."
    )


class PushKeyReadableByOthers(BadCarrier):
    """Whoever can read the key can write to every phone in our name."""

    template = "Others can read {path}, with which the carrier {carrier} says who it is: chmod 400."


class PushKeyUnusable(BadCarrier):
    """No push service believes us without it."""

    template = (
        "The carrier {carrier} cannot use the key {path}: {why}. "
        "Make one: openssl ecparam -name prime256v1 -genkey -noout -out FILE"
    )
