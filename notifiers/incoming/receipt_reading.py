"""Have a receipt of certified mail read by the child, and look again at every value of its verdict."""

import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from notifiers.incoming.reading import LARGEST_MAIL, MailAddress, MailReader, MessageId


class ReceiptKind(StrEnum):
    """What a provider of certified mail says."""

    TAKEN = "accettazione"
    NOT_TAKEN = "non-accettazione"
    BETWEEN = "presa-in-carico"
    """From one provider to the other."""
    DELIVERED = "avvenuta-consegna"
    LATE = "preavviso-errore-consegna"
    """Not delivered for twelve hours; tried for twelve more."""
    NOT_DELIVERED = "errore-consegna"
    VIRUS = "rilevazione-virus"


class PecReceipt(BaseModel):
    """What is believed of a receipt before anybody asked of which mail it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of its bytes."""
    kind: ReceiptKind
    message_id: MessageId
    error: Annotated[str, StringConstraints(pattern="^[a-z-]{0,20}$")] = ""
    at: AwareDatetime | Literal[""] = ""
    """When it was, by the provider's clock."""
    to: MailAddress = Field(default="", repr=False)
    """To whom it was delivered."""


class ReceiptReader(MailReader):
    """The child that reads receipts."""

    what = "receipts"

    def receipt(self, raw: bytes) -> PecReceipt | None:
        """What it says; None where it is no receipt, or cannot be read in the child's time and room."""
        if len(raw) >= LARGEST_MAIL:
            return None  # not whole: its hash would be that of a piece
        try:
            return PecReceipt.model_validate(json.loads(self.ask(raw)))
        except (ValidationError, ValueError, RecursionError):
            return None
