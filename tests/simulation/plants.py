"""Planted bugs: small changes to how the relay is put together, each of which the simulation has to find.

None of them is in the product. Each is put in for one run and taken out again.
"""

from collections.abc import Callable
from typing import Any

from tests.simulation import plants_keeping, plants_sending, plants_steering

PLANTS: dict[str, Callable[[], Any]] = {
    "send-before-commit": plants_sending.sends_before_it_commits,
    "no-lease": plants_sending.takes_no_lease,
    "double-claim": plants_sending.claims_what_is_being_sent,
    "lost-wake-up": plants_keeping.forgets_the_next_deadline,
    "local-time-deadline": plants_keeping.reckons_in_local_time,
    "wall-clock": plants_keeping.trusts_the_wall,
    "settle-dropped": plants_sending.drops_what_carriers_say,
    "withdrawn-still-sent": plants_sending.sends_what_was_withdrawn,
    "new-message-id": plants_sending.repeats_under_a_new_name,
    "not-chained": plants_keeping.does_not_chain,
    "board-not-updated": plants_keeping.leaves_the_board_as_it_was,
    "second-acceptance": plants_keeping.counts_a_second_answer,
    "rung-skipped": plants_keeping.skips_a_rung,
    "never-again": plants_sending.never_tries_again,
    "done-twice": plants_keeping.does_a_repeated_command_again,
    "named": plants_sending.names_her,
    "coordinator-not-told": plants_keeping.hands_to_nobody,
    "untold-wake": plants_keeping.wakes_the_engine_once,
    "saved-too-soon": plants_keeping.says_saved_too_soon,
    "doubt-is-yes": plants_sending.takes_doubt_for_a_yes,
    "served-all-the-same": plants_steering.serves_her_all_the_same,
    "debt-forgotten": plants_steering.forgets_what_is_owed,
    "times-not-counted": plants_steering.counts_no_times,
    "move-untold": plants_steering.moves_without_a_word,
    "ladder-lost": plants_steering.moves_off_the_ladder,
    "same-person": plants_steering.asks_the_same_person,
    "lateness-untold": plants_steering.says_nothing_of_lateness,
}
