"""`staffetta-sms://`."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call, assignment"

from notifiers.accounts import SMS_SCHEME
from notifiers.plugins.base import CarrierPlugin
from notifiers.sms import SmsCarrier


class NotifyStaffettaSms(CarrierPlugin):
    """SMS through an HTTP gateway."""

    service_name = "Staffetta SMS"
    secure_protocol = SMS_SCHEME
    title_maxlen = 0
    channel_type = SmsCarrier
