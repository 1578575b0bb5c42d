"""`staffetta-push://`."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call, assignment"

from notifiers.accounts import PUSH_SCHEME
from notifiers.plugins.base import CarrierPlugin
from notifiers.push import PushCarrier


class NotifyStaffettaPush(CarrierPlugin):
    """Lines on the lock screen, through push services."""

    service_name = "Staffetta push"
    secure_protocol = PUSH_SCHEME
    title_maxlen = 0
    body_maxlen = 2000
    channel_type = PushCarrier
