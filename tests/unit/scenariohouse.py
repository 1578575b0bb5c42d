"""Where the stories about scenarios are told: the shipped procedures, the invented network, and a small scenario."""

from functools import lru_cache

from models.network import parse_network, sample_network
from procedures.directory import Directory
from procedures.faults import ProcedureFaults
from procedures.loading import shipped_library
from procedures.scenario.checking import Known, check
from procedures.scenario.differing import Failure, failure
from procedures.scenario.language import Scenario
from procedures.scenario.reading import read_scenarios
from procedures.scenario.running import ScenarioRun, Stage

STORY = """
scenarios:
  the_first_house_declines:
    given:
      pathway: shelter
      territory: valle_chiara
      date: 2026-11-25 10:00
      desk: sportello_luna
      facts: {risk: low}
      consents: [shelter]
    then:
      - at: start
        expect: [case opened, …]
      - at: 12 min
        do:
          - {decline: find_place, reason: full}
        expect:
          - alert deputy to casa_approdo paola by email, at 10 min
          - handoff find_place casa_approdo declined full
          - alert word_declined to sportello_luna nora by email
          - handoff find_place asks casa_mirto
          - limit find_place accept by 27 min
          - alert request to casa_mirto marta by sms
        never: [casa_ulivo]
        now: [handoff find_place is held by casa_mirto]
"""


@lru_cache(maxsize=1)
def network() -> Directory:
    return parse_network(sample_network(), "network.yaml")


@lru_cache(maxsize=1)
def known() -> Known:
    return Known(shipped_library(), network())


def stage() -> Stage:
    return Stage(shipped_library(), network())


def read(text: str) -> tuple[Scenario, ...]:
    """The scenarios of a text. Raises ProcedureFaults with every fault of it, names that nobody knows among them."""
    document, scenarios = read_scenarios(text, "story.scenario.yaml")
    for scenario in scenarios:
        check(document, scenario, known())
    if document.faults:
        raise ProcedureFaults(document.faults)
    return scenarios


def ran(text: str = STORY) -> ScenarioRun:
    """The run of the one scenario of a text."""
    (scenario,) = read(text)
    return stage().run(scenario)


def failed(text: str) -> Failure:
    """How the one scenario of a text fails."""
    found = failure(ran(text))
    assert found is not None
    return found
