"""The forms of the desk, for asking each of them wrongly: what it sends, and what cannot be in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.integration.badrequests import LONG

ID = "0123456789abcdef0123456789abcdef"
IDS = ("command", ("", "short", LONG, "../" * 10, "x" * 61))
WORDS = ("nonsense", LONG, "'; DROP TABLE cases", "\u202e", "<script>")


@dataclass(frozen=True)
class Form:
    """What a form of ours sends, which of it must be there, and what cannot be in it."""

    good: Sequence[tuple[str, str]]
    needed: Sequence[str]
    wrong: Mapping[str, Sequence[str]]


OPENING = Form(
    good=[("command", ID), ("pathway", "shelter"), ("territory", "valle_chiara"), ("fact.risk", "high")],
    needed=["command", "pathway", "territory"],
    wrong={
        "command": IDS[1],
        "pathway": WORDS,
        "territory": WORDS,
        "by": WORDS,
        "desk": WORDS,
        "drill": ("perhaps", "1", LONG),
        "fact.risk": WORDS,
        "fact.nonsense": ("1", "", LONG)[:1],
        "consent.nonsense": ("yes",),
        "exclude.nonsense": ("yes", "1"),
        "name": ("x" * 201, LONG),
        "safe_contact": ("x" * 201, LONG),
        "note": ("x" * 4001, LONG),
    },
)
OWN_WORK = Form(
    good=[("command", ID), ("pathway", "tavolo_meeting"), ("territory", "valle_chiara")],
    needed=["command", "pathway", "territory"],
    wrong={
        "command": IDS[1],
        "pathway": (*WORDS, "shelter"),
        "territory": WORDS,
        "by": WORDS,
        "desk": WORDS,
        "drill": ("perhaps", "1", LONG),
        "fact.meeting_at": WORDS,
        "fact.risk": ("high",),  # a fact of a survivor
        "consent.shelter": ("yes",),  # nobody is concerned who could consent
        "exclude.nonsense": ("yes", "1"),
        "name": ("x", LONG),
        "safe_contact": ("x", LONG),
        "note": ("x", LONG),
    },
)
FORMS: Mapping[str, Form] = {
    "/sign-in": Form(
        [("name", "operatrice"), ("password", "wrong")], ["name"], {"password": ("", LONG), "name": (LONG,)}
    ),
    # Whoever is signed in has nothing to prove here: it leads back to the door.
    "/sign-in/code": Form([("code", "123456")], ["code"], {"code": ("", "123", LONG, "\u202e")}),
    # There is no provider in this house.
    "/sign-in/provider": Form([("state", "x"), ("code", "x")], ["state", "code"], {"state": WORDS, "code": WORDS}),
    "/account/provider": Form([("state", "x"), ("code", "x")], ["state", "code"], {"state": WORDS, "code": WORDS}),
    "/sign-out": Form([("x", "1")], [], {}),
    "/language": Form([("language", "de")], ["language"], {"language": WORDS}),
    "/join/{invitation}": Form(
        [("password", "lampone trattore nuvola"), ("again", "lampone trattore nuvola")],
        ["password", "again"],
        {"password": ("", "short", "password" * 3, "x" * 20, LONG), "again": ("", "other", LONG)},
    ),
    "/people": Form(
        [("name", "olga"), ("role.operator", "yes")],
        ["name"],
        {"name": ("", "x" * 41, LONG), "role.queen": ("yes",), "role.auditor": ("1", LONG)},
    ),
    "/people/{account}": Form(
        [("answer", "give"), ("role", "auditor")], ["answer", "role"], {"answer": (*WORDS, "GIVE"), "role": WORDS}
    ),
    "/pins": Form(
        [("answer", "issue"), ("person", "olga")], ["answer", "person"], {"answer": (*WORDS, "ISSUE"), "person": WORDS}
    ),
    # No check is under way, so nothing can be stopped.
    "/audit/verify": Form([("answer", "stop")], ["answer"], {"answer": (*WORDS, "STOP", "START")}),
    "/audit/samples": Form([("seed", "x"), ("size", "0")], ["size"], {"size": (*WORDS, "-1", "201"), "seed": WORDS}),
    "/audit/samples/{number}": Form(
        [("code", "CODE"), ("finding", "in_order")],
        ["code", "finding"],
        {"code": WORDS, "finding": WORDS, "note": ("x" * 1001, LONG)},
    ),
    "/audit/reads": Form(
        [("format", "csv"), ("day", "2026-02-30")],
        ["format"],
        {"format": (*WORDS, "xlsx"), "code": WORDS, "day": (*WORDS, "0000-01-01")},
    ),
    "/audit/cases/{code}/export": Form([("format", "xlsx")], ["format"], {"format": WORDS}),
    # A file is sent otherwise than any form: as a form, nothing of it is understood.
    "/network/proposals": Form([("file", "x")], ["file"], {"file": WORDS}),
    # There is no such proposal.
    "/network/proposals/{number}": Form(
        [("answer", "adopt"), ("read", "yes")], [], {"answer": (*WORDS, "withdraw"), "read": ("no", "1", LONG)}
    ),
    "/network/rotas/changes": Form(
        # She is on duty then already: nothing changes.
        [
            ("command", ID),
            ("answer", "override"),
            ("service", "luna_ascolto"),
            ("person", "ada"),
            ("since", "2026-12-01T20:00"),
            ("until", "2026-12-02T08:00"),
            ("why", "x"),
        ],
        ["command", "answer", "service", "person", "since", "until", "why"],
        {
            "command": IDS[1],
            "answer": (*WORDS, "OVERRIDE", "swap", "undo"),
            "service": WORDS,
            "person": (*WORDS, "nobody"),
            "since": (*WORDS, "2026-12-01", "2026-02-30T20:00", "9999-12-31T23:59", "2027-01-01T20:00"),
            "until": (*WORDS, "2020-01-01T20:00", "2099-01-01T20:00"),
            "why": ("", "x" * 201, LONG),
            "gap": ("no", "1", LONG),
        },
    ),
    # Nobody has said which person of the network she is.
    "/turns": Form(
        [("answer", "make"), ("service", "luna_ascolto")],
        ["answer"],
        {"answer": (*WORDS, "MAKE", "end"), "service": WORDS, "number": (*WORDS, "-1")},
    ),
    # No channel of anybody is called so: nothing leaves.
    "/channels": Form(
        [("answer", "test"), ("channel", "email.0123")],
        ["answer", "channel"],
        {
            "answer": (*WORDS, "TEST", "rules", "away", "back", "browser", "browser-gone"),
            **dict.fromkeys(("channel", "code", "endpoint", "p256dh", "auth", "browser"), WORDS),
        },
    ),
    "/account": Form(
        # Whatever of this could be done is refused: there is one factor, and no other sign-in.
        [("answer", "take-app")],
        ["answer"],
        {
            "answer": (*WORDS, "TAKE-APP", "end", "take-passkey", "set-passkey"),
            "proof": ("000000", LONG, "{", "{}", "\u202e"),
        },
    ),
    "/cases/new": OPENING,
    "/who-now": OPENING,
    "/cases/new/risk": Form(
        # It scores and opens nothing: whatever else of the form of a new case stands in it comes back as it was typed.
        [("screen.da5.weapon", "yes")],
        [],
        {
            "screen.da5.weapon": (*WORDS, "YES", "perhaps"),
            "screen.da5.nonsense": ("yes",),
            "screen.dash": (*WORDS, "25", "-1", "1.5", "9" * 20_000),
            "screen.judged": ("no", "1", "YES", LONG),
        },
    ),
    "/board/search": Form(
        [("q", "nobody is called so"), ("risk", "high")],
        [],
        {
            "risk": WORDS,
            "waits": (*WORDS, "ANSWER"),
            "service": WORDS,
            "pathway": WORDS,
            "late": ("1", LONG),
            "mine": ("1", LONG),
            "q": (*WORDS, "x" * 81),
        },
    ),
    "/stay": Form([("answer", "stay")], ["answer"], {"answer": WORDS}),
    # Nothing is kept of that page.
    "/drafts": Form(
        [("answer", "take"), ("place", "/find")],
        ["answer", "place"],
        {"answer": (*WORDS, "keep"), "place": (*WORDS, "//evil.example", "/h/x", "/sign-in", "/cases/C-0000-0000")},
    ),
    # Nothing is ticked.
    "/board/acts": Form(
        [("command", ID), ("answer", "remind"), ("risk", "high")],
        ["answer"],
        {"answer": (*WORDS, "REMIND"), "after": ("9_x", LONG), "risk": WORDS},
    ),
    # Without a name nothing is kept.
    "/board/views": Form(
        [("name", " "), ("risk", "high")],
        ["name"],
        {"risk": WORDS, "name": ("", LONG), "service": WORDS, "late": WORDS},
    ),
    "/board/views/{view}": Form([("answer", "delete")], ["answer"], {"answer": (*WORDS, "DELETE")}),
    "/find": Form([("telephone", "+39 333 123 4567")], ["telephone"], {"telephone": ("", *WORDS)}),
    "/network-work": OWN_WORK,
    "/procedures/propose": Form(
        # The text of the file was proposed before; with any other name there is nothing to propose.
        [("file", "shelter.yaml")],
        ["file"],
        {"file": (*WORDS, "../shelter.yaml", "../../staffetta.toml", "shelter", "/etc/passwd")},
    ),
    "/procedures/{name}/editions/{number}": Form(
        [("answer", "adopt"), ("read", "yes")],
        ["answer", "read"],
        {"answer": (*WORDS, "propose", "ADOPT"), "read": ("no", "1", "YES", LONG)},
    ),
    "/procedures/{name}/moving": Form(
        [("command", ID), ("run", "RUN"), ("edition", "3"), ("reason", "law_changed"), ("sure", "yes")],
        ["command", "run", "edition", "reason", "sure"],
        {
            "command": IDS[1],
            "run": (*WORDS, "ALL"),
            "edition": (*WORDS, "2", "4", "-2", "2.0", "\u00b2", "9" * 20_000),
            "reason": (*WORDS, "her_wish"),
            "sure": ("no", "1", "YES", LONG),
        },
    ),
    "/cases/{code}/consents": Form(
        [("command", ID), ("consent", "shelter"), ("answer", "give"), ("how", "telephone"), ("until", "2027-02-28")],
        ["command", "consent", "answer"],
        {
            "command": IDS[1],
            "consent": WORDS,
            "answer": WORDS,
            "service": WORDS,
            "how": WORDS,
            "language": (*WORDS, "IT", "1t"),
            "until": (*WORDS, "2027-02-30", "9999-12-31", "0001-01-01", "2020-01-01"),
            "text": WORDS,
        },
    ),
    "/reviews/{code}": Form(
        [("command", ID), ("run", "RUN"), ("step", ""), ("finding", "grounded")],
        ["command", "run", "finding"],
        {"command": IDS[1], "run": WORDS, "step": WORDS, "finding": WORDS},
    ),
    "/erasures": Form(
        [
            ("code", "CODE"),
            ("answer", "propose"),
            ("reason", "her_request"),
        ],  # it is not over: there is nothing to erase
        ["code", "answer", "reason"],
        {
            "code": WORDS,
            "answer": (*WORDS, "PROPOSE", "confirm", "withdraw", "hold", "end_hold"),
            "reason": (*WORDS, "proceeding"),
        },
    ),
    "/cases/{code}/cancel": Form(
        [("command", ID), ("reason", "her_wish"), ("confirmation", "CODE")],
        ["command", "reason", "confirmation"],
        {"command": IDS[1], "reason": WORDS, "confirmation": WORDS},
    ),
    "/glass": Form(
        [("command", ID), ("code", "C-0000-0000"), ("category", "in_danger"), ("reason", "x")],
        ["command", "code", "category", "reason"],
        {"command": IDS[1], "code": WORDS, "category": WORDS, "reason": ("", LONG)},
    ),
    "/glass/{glass}": Form([("found", "needed")], ["found"], {"found": WORDS}),
    "/cases/{code}/relations": Form(
        [("answer", "give"), ("account", "nobody")],
        ["answer", "account"],
        {"answer": (*WORDS, "GIVE"), "account": WORDS},
    ),
    "/cases/{code}/ways": Form(
        [("command", ID), ("answer", "name"), ("kind", "call"), ("address", "x"), ("until", "2099-02-28")],
        ["command", "answer", "kind", "address"],
        {
            "command": IDS[1],
            "answer": (*WORDS, "NAME", "show", "asked", "write"),
            "kind": (*WORDS, "noted"),
            "address": (LONG,),
            "when": (LONG,),
            "may_say": (LONG,),
            "may_leave_word": ("no", "1", LONG),
            "until": (*WORDS, "2027-02-30", "0001-01-01", "2020-01-01"),
        },
    ),
    "/cases/{code}/handoffs/{ref}": Form(
        [("command", ID), ("answer", "decline"), ("reason", "full")],
        ["command", "answer", "reason"],
        {"command": IDS[1], "answer": (*WORDS, "complete", "confirm"), "reason": WORDS},
    ),
    # Nothing is asked of a service of whoever is signed in here: whatever comes, there is no such handoff.
    "/inbox/{ref}": Form([("command", ID), ("answer", "decline"), ("reason", "full")], [], {}),
    "/cases/{code}/facts": Form(
        [("command", ID), ("fact", "risk"), ("value", "high"), ("by", "operator"), ("reason", "she_said")],
        ["command", "fact", "value", "by", "reason"],
        {"command": IDS[1], "fact": WORDS, "value": WORDS, "by": WORDS, "reason": WORDS},
    ),
    "/cases/{code}/steering": Form(
        [("command", ID), ("answer", "act_first"), ("step", "RUN find_place"), ("reason", "ordered")],
        ["command", "answer", "step", "reason"],
        {"command": IDS[1], "answer": WORDS, "step": WORDS, "reason": WORDS},
    ),
    "/cases/{code}/signals": Form(
        [
            ("command", ID),
            ("signal", "found"),
            ("run", "RUN"),
            ("said_by", "operator"),
            ("evidence.places_asked", "3"),
        ],
        ["command", "signal", "run", "said_by", "evidence.places_asked"],
        {
            "command": IDS[1],
            "signal": WORDS,
            "run": WORDS,
            "said_by": (*WORDS, "police"),
            "evidence.places_asked": (*WORDS, "-1", "2.5", "9" * 5000),
            "evidence.nonsense": ("1", LONG),
        },
    ),
    "/cases/{code}/anew/{run}/{step}": Form(
        [("command", ID), ("result", "housed"), ("reason", "appeal")], ["command"], {"command": IDS[1]}
    ),
    "/h/{token}": Form(
        [("code", "LETTER"), ("answer", "decline"), ("reason", "full")],
        ["code", "reason"],
        {"code": (), "answer": WORDS, "reason": WORDS},
    ),
}
"""By address. One that is missing here fails."""
CARD_IN_THE_INBOX = Form(
    [("command", ID), ("answer", "decline"), ("reason", "full")],
    ["command", "answer", "reason"],
    {"command": IDS[1], "answer": (*WORDS, "complete", "first_sign", "renew", "ACCEPT"), "reason": WORDS},
)
RESULT_IN_THE_INBOX = Form(
    [("command", ID), ("answer", "complete"), ("result", "no_place"), ("evidence.places_asked", "3")],
    ["command", "answer", "result", "evidence.places_asked"],
    {
        "command": IDS[1],
        "answer": (*WORDS, "pick", "renew", "COMPLETE"),
        "result": (*WORDS, "no_such"),
        "evidence.places_asked": (*WORDS, "-1", "2.5", "9" * 5000),
        "evidence.nonsense": ("1", LONG),
    },
)
"""By somebody of the service: of what it is asked, and of what it has taken."""
SIGNAL_BY_LINK = Form(
    [("answer", "signal"), ("signal", "found"), ("times", "0"), ("evidence.places_asked", "3")],
    ["signal", "evidence.places_asked"],
    {
        "answer": WORDS,
        "signal": (*WORDS, "moved"),
        "evidence.places_asked": (*WORDS, "-1", "2.5", "9" * 5000),
        "evidence.nonsense": ("1", LONG),
    },
)
"""By the link of somebody who took the handoff. `times` only tells one sending of the form from another."""
RESULT_BY_LINK = Form(
    [("answer", "complete"), ("result", "housed")],
    ["result"],
    {"result": (*WORDS, "no_such"), "evidence.nonsense": ("1", LONG)},
)
