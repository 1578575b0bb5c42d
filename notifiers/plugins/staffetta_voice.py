"""`staffetta-voice://`."""

# Apprise types only part of itself.
# mypy: disable-error-code="no-untyped-call, assignment"

from notifiers.accounts import VOICE_SCHEME
from notifiers.plugins.base import CarrierPlugin
from notifiers.voice import VoiceCarrier


class NotifyStaffettaVoice(CarrierPlugin):
    """Calls through an HTTP gateway."""

    service_name = "Staffetta voice"
    secure_protocol = VOICE_SCHEME
    channel_type = VoiceCarrier
