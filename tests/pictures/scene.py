"""What the pictures show: cases at every stage of the first hour, at ten past three in the morning."""

from models.invitations import invite
from models.network import import_network, sample_network
from procedures.commands import (
    AcceptHandoff,
    AcknowledgeHandoff,
    CancelCase,
    CompleteHandoff,
    DeclineHandoff,
)
from procedures.loading import SHIPPED
from procedures.values import moment_text
from tests.pictures.stage import Stage, sign_everybody_in

TURNS = {
    'since: "2026-01-01T00:00+01:00"': "2026-11-20",
    'until: "2027-01-01T00:00+01:00"': "2026-12-01",
    'since: "2027-01-01T00:00+01:00"': "2026-12-01",
    'until: "2027-07-01T00:00+02:00"': "2026-12-12",
}
"""What the file says of the only rota, and what it says here."""
MANY = 60
"""Rows of the full board: more than one page of it."""


def furnish(made: Stage) -> None:
    """The whole network at work."""
    desk, clock = made.desk, made.desk.clock
    import_network(desk.house.database, _with_turns(), "network.yaml", clock.now())
    made.open("ended", "psychological", wants_psychological_help=True)
    made.does("ended", CancelCase, reason="her_wish")
    made.open("late", "shelter", risk="high", needs_shelter=True)
    desk.send_everything(2)
    desk.wait_for_coordinator(made.cases["late"])
    opened_at = moment_text(clock.now())
    made.open(
        "work", "intake", risk="high", injuries=True, needs_shelter=True, wants_legal_help=True, incident_at=opened_at
    )
    desk.send_everything(1)
    clock.pass_by(minutes=2)
    made.answers("work", "welcome", AcceptHandoff)
    made.answers("work", "medical_care", AcknowledgeHandoff)
    clock.pass_by(minutes=3)
    made.answers("work", "welcome", CompleteHandoff, result="heard", evidence={"heard_at": clock.now()})
    desk.send_everything(1)
    clock.pass_by(minutes=1)
    made.answers("work", "find_place", DeclineHandoff, reason="full")
    made.open("unconsented", "intake", consents=frozenset({"intake"}), risk="medium", wants_legal_help=True)
    made.open("urgent", "intake", risk="imminent", injuries=True)
    made.open("asked", "shelter", risk="high", children_present=True)
    made.open("drill", "shelter", drill=True, risk="high")
    desk.send_everything(1)
    sign_everybody_in(made)
    _places(made)


def _with_turns() -> str:
    """The invented network, with turns of duty that are over in days."""
    text = sample_network()
    for edge, day in TURNS.items():
        text = text.replace(edge, edge.partition('"')[0] + f'"{day}T08:00+01:00"', 1)
    return text


def _places(made: Stage) -> None:
    house = made.desk.house
    run = next(run for run in made.desk.view(made.cases["work"]).runs if run.pathway == "intake")
    account = made.actor("service").partition(":")[2]
    made.places |= {
        "handoff": made.ref("work", "medical_care"),
        "inbox": made.ref("asked", "find_place"),
        "run": run.ref,
        "step": "welcome",
        "token": made.desk.letter_about(made.cases["work"], "medical_care").token,
        "code_of_link": made.desk.letter_about(made.cases["work"], "medical_care").code,
        "nothing": "A" * 22,
        "invitation": invite(house.database, account, house.clock.now(), "shell"),
        "name": "shelter",
        "edition": "2",
        **_proposed(made),
    }


def _proposed(made: Stage) -> dict[str, str]:
    """A new edition of a procedure and of the network, and a sample, each by whoever may."""
    folder = made.desk.house.settings.data / "procedures"
    folder.mkdir()
    shelter = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8").replace("edition: 1\n", "edition: 2\n", 1)
    sooner = shelter.replace("accept_within: 15 min", "accept_within: 12 min", 1)
    (folder / "shelter.yaml").write_text(sooner, encoding="utf-8")
    coordinator, auditor = made.browser("coordinator"), made.browser("auditor")
    coordinator.post("/procedures/propose", data={"file": "shelter.yaml"})
    changed = _with_turns().replace("ada.fontana@", "ada.f@", 1).replace("rank: 10", "rank: 11", 1)
    proposal = coordinator.post("/network/proposals", files={"file": ("rete.yaml", changed.encode())})
    drawn = auditor.post("/audit/samples", data={"size": "3", "seed": "7"})
    return {"number": _last(str(proposal.url)), "sample": _last(str(drawn.url))}


def _last(address: str) -> str:
    return address.rpartition("/")[2]


def fill(made: Stage, cases: int) -> None:
    """A board with that many plain cases, opened one a minute."""
    for number in range(cases):
        made.open(f"plain-{number}", ("intake", "shelter", "legal", "psychological")[number % 4], risk="high")
        made.desk.clock.pass_by(minutes=1)
    sign_everybody_in(made)
