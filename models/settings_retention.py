"""The settings that say how long cases are kept."""

from collections.abc import Mapping

from pydantic import Field

from models.settings_values import Section


class RetentionRule(Section):
    """For how long cases are kept that went through one pathway."""

    days: int | None = Field(default=None, ge=1, le=36_500)
    """After the case ended; without it, for ever."""


class RetentionSettings(Section):
    """When the erasure of a case that is over is proposed. Without any of it nothing is ever erased by itself."""

    days: int | None = Field(default=None, ge=1, le=36_500)
    """After the case ended; for pathways without a rule of their own."""
    pathways: Mapping[str, RetentionRule] = Field(default_factory=dict)
    """By the pathway's name. Of a case with several, the longest counts."""
