"""What the SMS gateway signs receipts and answers with, and whether its number can be answered to."""

from models.settings_voice import VoiceSettings


class SmsSettings(VoiceSettings):
    """The secret that house and gateway share; without it neither receipt nor answer is believed."""

    answers: bool = False
    """Whether the sender of the carrier is a number that receives: then alerts say how to answer. A name cannot."""
