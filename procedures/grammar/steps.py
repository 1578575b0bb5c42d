"""Reading one step: its kind, what it needs, its limits, results and ladder."""

from collections.abc import Mapping
from typing import Any

from procedures import nodes
from procedures.durations import read_duration
from procedures.fault_kinds import RESERVED_NAME
from procedures.grammar import choose_kinds, kinds, limit_kinds, words
from procedures.grammar.choosing import SAMPLES, read_competence, read_competences, read_who
from procedures.grammar.consents import ConsentReader
from procedures.grammar.drafts import MomentRef, NeedRef, PlacedLimit, PlacedRung, StepDraft
from procedures.grammar.limits import LimitDefaults, read_clock, read_limit, read_limits, read_point, read_source
from procedures.grammar.needs import admitted, read_condition, read_need
from procedures.grammar.own_work import refuse_consent
from procedures.grammar.repetitions import read_repetition
from procedures.grammar.sets import Evidence, read_evidence, read_sets
from procedures.grammar.signals import read_ends, read_pauses
from procedures.grammar.silences import read_extension, read_silence
from procedures.language.consents import ConsentTerms
from procedures.language.steps import Level
from procedures.nodes import Node, Scalar
from procedures.reading import Form
from procedures.schema import (
    AskStep,
    AwaitStep,
    Clock,
    Fact,
    LookedAt,
    MomentKind,
    Result,
    Rung,
    RungTarget,
    Setting,
    StartStep,
    TellStep,
)
from procedures.texts import read_text

RUNG = Form(known=("after", "to"), required={"after": "after: 10 min", "to": "to: deputy"})
RESULT = Form(known=("title", "evidence", "sets", "ends_here", "untold"), later=frozenset({"also_tell"}))
_RISK = ("risk", "imminent")


class StepReader:
    """Reads the steps of one pathway, one after the other."""

    def __init__(
        self,
        consents: ConsentReader,
        facts: Mapping[str, Fact],
        inherited: ConsentTerms | None,
        *,
        no_case: bool = False,
    ) -> None:
        """`inherited` is what the pathway itself rests on; None where it could not be read."""
        self.no_case = no_case
        self.document, self.consents = consents.document, consents
        self.facts = facts
        self.inherited = inherited

    def read(self, name: str, key: Node, node: Node) -> StepDraft:
        """One step. Its `model` is None after a fault."""
        before = self.document.noted
        draft = StepDraft(name, key)
        if name in words.RESERVED_STEPS:
            self.document.fault(RESERVED_NAME, key, name=name)
        draft.kind = self._kind(name, node)
        if draft.kind is None:
            return draft
        fields = draft.written = self._fields(draft.kind, node)
        common = self._common(draft, fields)
        own = getattr(self, f"_{draft.kind}")(draft, fields)
        if self.document.noted == before:
            model: type[AskStep | TellStep | AwaitStep | StartStep] = _MODELS[draft.kind]
            draft.model = model.model_validate({"name": name, **common, **own})
        return draft

    def _kind(self, name: str, node: Node) -> str | None:
        mapping = self.document.mapping(node, "{ask: emergency_shelter, title: …}")
        if mapping is None:
            return None
        found = [kind for kind in words.KINDS if mapping.get(kind)]
        if len(found) == 1:
            return found[0]
        self.document.fault(kinds.STEP_KIND, node, step=name, example="ask: emergency_shelter")
        return None

    def _fields(self, kind: str, node: Node) -> dict[str, Node]:
        known = (kind, *words.COMMON, *words.OF_KIND[kind])
        mapping = self.document.mapping(node, "")
        misplaced = {word for other in words.OF_KIND.values() for word in other} - set(known)
        for word, entry in mapping or ():
            if word in words.IN_CHOOSE:
                self.document.fault(choose_kinds.INSIDE_CHOOSE, entry.key, word=word, example=SAMPLES[word])
            elif word in misplaced:
                instead = words.INSTEAD.get((kind, word))
                if instead:
                    self.document.fault(kinds.WRITE_INSTEAD, entry.key, word=word, kind=kind, instead=instead)
                else:
                    self.document.fault(kinds.NOT_HERE, entry.key, word=word, kind=kind)
        misplaced |= set(words.IN_CHOOSE)
        form = Form((*known, *sorted(misplaced)), words.REQUIRED[kind], words.LATER_STEP)
        return {word: value for word, value in self.document.fields(node, form).items() if word not in misplaced}

    def _common(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        common: dict[str, Any] = {}
        written = fields.get("results")
        if isinstance(written, nodes.Mapping):
            draft.result_nodes = {word: entry.key for word, entry in written}
        if "title" in fields:
            common["title"] = read_text(self.document, fields["title"])
        if "needs" in fields:
            common["needs"] = read_need(self.document, fields["needs"], draft.needs)
        common |= self._conditions(draft, fields)
        if self.no_case:
            refuse_consent(self.document, fields)
        else:
            common |= self._rests_on(draft, fields)
        self._hold_back(draft, fields)
        if "repeat" in fields:
            draft.repeat = fields["repeat"]
            if isinstance(draft.repeat, nodes.Mapping) and (first := draft.repeat.get("first")):
                draft.repeats_first = first.value
            common["repeat"] = read_repetition(self.document, draft.repeat, self.facts, draft.until)
        common["not_before"] = draft.not_before and draft.not_before.point
        return common

    def _rests_on(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        """The consent or the basis, with its terms. The step in which she is told is not told of itself."""
        draft.consent, draft.told_in = fields.get("consent"), fields.get("told_in")
        terms = self.consents.read(draft.key, fields, self.inherited)
        draft.terms = terms
        if terms is None:
            return {}
        said = dict(terms)
        if terms.told_in == draft.name and draft.told_in is None:
            said["told_in"] = None
        return said

    def _conditions(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        """`when`, and whether it is looked at again."""
        found: dict[str, Any] = {}
        if "when" in fields:
            condition = read_condition(self.document, fields["when"], self.facts)
            found["when"] = condition
            if condition is not None and _RISK[1] in admitted(condition, _RISK[0]):
                draft.admits_imminent = fields["when"]
        if "looked_at" in fields:
            found["looked_at"] = self.document.word(fields["looked_at"], tuple(LookedAt))
            if "when" not in fields:
                self.document.fault(kinds.LOOKED_AT_ALONE, fields["looked_at"])
        return found

    def _hold_back(self, draft: StepDraft, fields: dict[str, Node]) -> None:
        """`not_before`, for which a notice may say `at`."""
        written = [fields[word] for word in ("not_before", "at") if word in fields]
        for other in written[1:]:
            self.document.fault(kinds.TWO_MOMENTS, other)
        draft.not_before = read_point(self.document, written[0]) if written else None
        if draft.not_before and draft.not_before.point.of.kind is not MomentKind.START:
            placed = draft.not_before
            draft.moments.append(MomentRef(placed.node, placed.point.of))

    def _silence(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        """What ends it but its result: a limit that goes by (and how it may be moved before), a signal that comes."""
        draft.on_expiry, draft.extend = fields.get("on_expiry"), fields.get("extend")
        draft.has_source = "source" in fields
        extension = read_extension(self.document, draft.extend) if draft.extend else None
        draft.silence = read_silence(self.document, fields)
        draft.ends = read_ends(self.document, fields["ends_when"]) if "ends_when" in fields else []
        ends = tuple(placed.end for placed in draft.ends)
        draft.pauses, pauses = read_pauses(self.document, fields)
        for placed in draft.limits if "pauses_on" in fields else ():
            if placed.moves:
                self.document.fault(limit_kinds.MOVES_NEVER, placed.moves, word="pauses_on")
        return {"on_expiry": draft.silence, "extend": extension, "ends_when": ends, **pauses}

    def _ask(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        defaults = self._defaults(fields)
        draft.accept = self._own_limit("accept_within", fields, defaults)
        draft.first_sign = self._own_limit("first_sign_within", fields, defaults)
        draft.limits = self._limits("complete_within", fields, defaults, draft.moments)
        draft.results = self._results(fields)
        if "escalate" in fields:
            draft.ladder = self._ladder(fields["escalate"])
        elif draft.accept:
            last = Rung(after=draft.accept.limit.within, to=RungTarget.COORDINATOR)
            draft.ladder = [PlacedRung(draft.accept.node, last)]
        competence = read_competence(self.document, fields["ask"], "emergency_shelter")
        return {
            "competence": competence,
            **self._who(draft, fields, *([competence] if competence else [])),
            "accept_within": draft.accept and draft.accept.limit,
            "first_sign_within": draft.first_sign and draft.first_sign.limit,
            "complete_within": tuple(placed.limit for placed in draft.limits),
            **self._silence(draft, fields),
            "results": draft.results,
            "escalate": tuple(placed.rung for placed in draft.ladder),
        }

    def _tell(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        draft.results = {}
        competences = read_competences(self.document, fields["tell"], "police")
        level = self.document.word(fields["level"], tuple(Level)) if "level" in fields else Level.REFERENCE
        return {"competences": competences, "level": level, **self._who(draft, fields, *competences)}

    def _await(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        draft.limits = self._limits("within", fields, self._defaults(fields), draft.moments)
        draft.results = self._results(fields)
        watched_by = self.document.name(fields["watched_by"], "legal_aid") if "watched_by" in fields else None
        return {
            "who": read_text(self.document, fields["await"]),
            "watched_by": watched_by,
            **self._who(draft, fields, *([watched_by] if watched_by else [])),
            "within": tuple(placed.limit for placed in draft.limits),
            **self._silence(draft, fields),
            "results": draft.results,
        }

    def _start(self, draft: StepDraft, fields: dict[str, Node]) -> dict[str, Any]:
        pathway = self.document.name(fields["start"], "shelter")
        if pathway is not None:
            draft.pathway = NeedRef(fields["start"], pathway, None)
        return {"pathway": pathway}

    def _who(self, draft: StepDraft, fields: dict[str, Node], *competences: str) -> dict[str, Any]:
        return read_who(self.document, draft, fields, self.facts, competences)

    def _defaults(self, fields: dict[str, Node]) -> LimitDefaults:
        source = read_source(self.document, fields["source"]) if "source" in fields else None
        clock = read_clock(self.document, fields["clock"]) if "clock" in fields else None
        return LimitDefaults(source, told="source" in fields, clock=clock or Clock.PROTOCOL, facts=self.facts)

    def _own_limit(self, word: str, fields: dict[str, Node], defaults: LimitDefaults) -> PlacedLimit | None:
        """A limit between the two bodies: from the step itself, and a promise unless it says otherwise."""
        if word not in fields:
            return None
        moments: list[MomentRef] = []
        promise = LimitDefaults(defaults.source, told=defaults.told, facts=self.facts)
        placed = read_limit(self.document, fields[word], promise, moments)
        if placed and placed.limit.when:
            self.document.fault(limit_kinds.NO_WHEN_HERE, placed.node, word=word)
        if placed and placed.moves:
            self.document.fault(limit_kinds.MOVES_NEVER, placed.moves, word=word)
        if placed and len(placed.limit.points) > 1:
            self.document.fault(limit_kinds.SEVERAL_HERE, placed.node, word=word)
        for moment in moments:
            self.document.fault(kinds.OWN_START_ONLY, moment.node, word=word)
        return placed

    def _limits(
        self, word: str, fields: dict[str, Node], defaults: LimitDefaults, moments: list[MomentRef]
    ) -> list[PlacedLimit]:
        return read_limits(self.document, fields[word], defaults, moments) if word in fields else []

    def _results(self, fields: dict[str, Node]) -> Mapping[str, Result] | None:
        if "results" not in fields:
            return {"done": Result()}
        results: dict[str, Result] = {}
        entries = self.document.named(fields["results"], "housed")
        for name, entry in entries:
            if name in words.RESERVED_RESULTS:
                self.document.fault(RESERVED_NAME, entry.key, name=name)
            results[name] = self._result(entry.value, fields)
        if not entries and isinstance(fields["results"], nodes.Mapping):
            self.document.fault(kinds.NO_RESULT, fields["results"], example="{housed: {}, no_place: {}}")
        return results or None

    def _result(self, node: Node, step: dict[str, Node]) -> Result:
        if isinstance(node, Scalar) and not node.text:
            return Result()
        fields = self.document.fields(node, RESULT, "{title: {it: …, en: …}}")
        title = read_text(self.document, fields["title"]) if "title" in fields else None
        shown = read_evidence(self.document, fields["evidence"], self.facts) if "evidence" in fields else Evidence()
        sets: tuple[Setting, ...] = ()
        if "sets" in fields:
            who = step.get("ask") or step.get("watched_by")
            by = (who.text,) if isinstance(who, Scalar) else ()
            sets = read_sets(self.document, fields["sets"], self.facts, shown, by)
        ends_here = self.document.truth(fields["ends_here"]) if "ends_here" in fields else False
        more = {"evidence": shown.types, "of_fact": shown.of_fact, "sets": sets}
        untold = self.document.truth(fields["untold"]) if "untold" in fields else False
        return Result(title=title, ends_here=bool(ends_here), untold=bool(untold), **more)

    def _ladder(self, node: Node) -> list[PlacedRung]:
        rungs: list[PlacedRung] = []
        for item in self.document.items(node, "{after: 10 min, to: deputy}"):
            fields = self.document.fields(item, RUNG, "{after: 10 min, to: deputy}")
            after = read_duration(self.document, fields["after"]) if "after" in fields else None
            to = self.document.word(fields["to"], tuple(RungTarget)) if "to" in fields else None
            if after and to:
                rungs.append(PlacedRung(item, Rung(after=after, to=RungTarget(to))))
        return rungs


_MODELS: dict[str, type[AskStep | TellStep | AwaitStep | StartStep]] = {
    "ask": AskStep,
    "tell": TellStep,
    "await": AwaitStep,
    "start": StartStep,
}
