"""Reading what a step rests on: a consent with its terms, or a basis in law with the step that tells her of it."""

from collections.abc import Mapping

from procedures import nodes
from procedures.grammar import consent_kinds, kinds, words
from procedures.language.consents import UNTIL_OF_AGE, ConsentGiver, ConsentTerms, Governs, Subject, full_name
from procedures.language.facts import birthday_of
from procedures.nodes import Node
from procedures.reading import Document, Form
from procedures.schema import Fact
from procedures.texts import read_text

CONSENT = Form(known=("of", "from", "governs"), required={"of": "of: shelter"})
EXAMPLE = "{of: shelter, from: herself}"
NOTHING_INHERITED = ConsentTerms()
"""What a pathway itself falls back on."""


class ConsentReader:
    """Reads the consents of one pathway, whose subject is known."""

    def __init__(self, document: Document, subject: Subject, facts: Mapping[str, Fact]) -> None:
        """`facts`: the whole vocabulary."""
        self.document, self.subject, self.facts = document, subject, facts

    def read(self, place: Node, fields: dict[str, Node], inherited: ConsentTerms | None) -> ConsentTerms | None:
        """The terms in force; None after a fault, or where nothing can be known.

        A `basis` alone is as good as `consent: none` with it. Law: domain.md, rule 3.
        """
        document = self.document
        basis = read_text(document, fields["basis"]) if "basis" in fields else None
        told_in = document.name(fields["told_in"], "talk_to_her") if "told_in" in fields else None
        written = self._written(fields["consent"]) if "consent" in fields else None
        if "consent" in fields and written is None:
            return None
        if written is not None and written.consent is not None:
            if "basis" in fields:
                document.fault(kinds.BASIS_TOO, fields["basis"])
            if "told_in" in fields:
                document.fault(consent_kinds.TOLD_WITH_CONSENT, fields["told_in"])
            return written
        if "basis" in fields:
            told = told_in or (inherited.told_in if inherited else None)
            return ConsentTerms(basis=basis, told_in=told) if basis else None
        return self._inherited(place, fields, inherited, told_in)

    def _inherited(
        self, place: Node, fields: dict[str, Node], inherited: ConsentTerms | None, told_in: str | None
    ) -> ConsentTerms | None:
        """What stands where the step says neither a consent nor a basis of its own."""
        on_a_basis = inherited is None or inherited.basis is not None
        if "told_in" in fields and not on_a_basis:
            self.document.fault(consent_kinds.TOLD_WITH_CONSENT, fields["told_in"])
        if "consent" not in fields or on_a_basis:
            return inherited.model_copy(update={"told_in": told_in}) if inherited and told_in else inherited
        self.document.fault(kinds.NO_BASIS, fields.get("consent", place))
        return None

    def _written(self, node: Node) -> ConsentTerms | None:
        """A name, `none`, or a mapping."""
        fields: dict[str, Node] = {"of": node}
        if isinstance(node, nodes.Mapping):
            fields = self.document.fields(node, CONSENT, EXAMPLE)
        name = self.document.name(fields["of"], "shelter") if "of" in fields else None
        giver = self.document.word(fields["from"], tuple(ConsentGiver)) if "from" in fields else ConsentGiver.HERSELF
        governs = self.document.word(fields["governs"], tuple(Governs)) if "governs" in fields else Governs.WHETHER
        if name is None or giver is None or governs is None:
            return None
        if name == words.NO_CONSENT:
            for word in ("from", "governs"):
                if word in fields:
                    self.document.fault(consent_kinds.TERMS_OF_NONE, fields[word], word=word)
            return ConsentTerms()
        if giver in UNTIL_OF_AGE and birthday_of(self.subject, self.facts) is None:
            self.document.fault(consent_kinds.NO_BIRTHDAY, fields["from"], subject=self.subject)
        return ConsentTerms(
            consent=full_name(self.subject, name), consent_from=ConsentGiver(giver), governs=Governs(governs)
        )
