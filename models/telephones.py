"""The telephone numbers in what may be known of a survivor, in E.164 form: of fields declared to hold them."""

import phonenumbers

from models.network_values import HOME
from procedures.classification import Telephone
from procedures.commands import Person


def telephones_of(person: Person | None) -> frozenset[str]:
    """Every number in the fields of this person that may hold one, whatever else stands beside it."""
    if person is None:
        return frozenset()
    fields = [name for name, field in Person.model_fields.items() if Telephone.MAY_HOLD in field.metadata]
    texts = [getattr(person, name) or "" for name in fields]
    return frozenset(number for text in texts for number in numbers_in(text))


def numbers_in(text: str) -> frozenset[str]:
    """The numbers in a text, as one types them here or in international form."""
    found = phonenumbers.PhoneNumberMatcher(text, HOME, leniency=phonenumbers.Leniency.POSSIBLE)
    return frozenset(phonenumbers.format_number(one.number, phonenumbers.PhoneNumberFormat.E164) for one in found)
