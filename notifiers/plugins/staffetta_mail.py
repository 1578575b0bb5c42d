"""`staffetta-mail://`."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call, assignment"

from notifiers.accounts import MAIL_SCHEME
from notifiers.mail import MailCarrier
from notifiers.plugins.base import CarrierPlugin


class NotifyStaffettaMail(CarrierPlugin):
    """Mail over kept SMTP connections."""

    service_name = "Staffetta mail"
    secure_protocol = MAIL_SCHEME
    channel_type = MailCarrier
