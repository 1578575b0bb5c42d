"""`staffetta-pec://`: certified mail (RFC 6109), given to its provider as any mail is."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call, assignment"

from notifiers.accounts import PEC_SCHEME
from notifiers.mail import MailCarrier
from notifiers.plugins.base import CarrierPlugin


class NotifyStaffettaPec(CarrierPlugin):
    """Certified mail over kept SMTP connections."""

    service_name = "Staffetta PEC"
    secure_protocol = PEC_SCHEME
    channel_type = MailCarrier
