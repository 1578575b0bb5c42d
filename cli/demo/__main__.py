"""`make demo`: one case through four pathways, over real mail and SMS, with everything that goes wrong on the way.

Status 0 only if all that it promises was seen. Without a terminal, or with `--exit`, it ends by itself.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.demo.answering import Scene, Services
from cli.demo.cast import coordinating_addresses
from cli.demo.promises import PROMISES, Seen
from cli.demo.saying import DELIVERIES, Translate, state_said, word_of
from cli.demo.stage import Stage, set_up
from cli.demo.telling import PURPOSES, Teller, clock
from models.accounts import FIRST_OPERATOR
from models.history import flow_runs_of_case, flow_tasks_of
from models.trail import verify
from models.views import CaseView, case_view, handoff_view
from notifiers.language import said, translator
from procedures.case import CaseStatus
from procedures.errors import StaffettaError

SPEED = 60.0
"""One wall second is one minute of the case."""
CASE_WITHIN = 100.0
HISTORY_WITHIN = 60.0


class Demo:
    """The demo while it runs."""

    def __init__(self, stage: Stage, console: Console, language: str, *, stays: bool) -> None:
        self._stage = stage
        self._console = console
        self._language = language
        self._: Translate = translator(language, "cli").gettext
        self._teller = Teller(stage.directory, stage.house.procedures.library(), language, self._)
        self._told = 0
        self._stays = stays

    def run(self) -> bool:
        """Open the case, let everybody answer, and look at what was promised."""
        stage, house = self._stage, self._stage.house
        services = Services(
            Scene(
                inbox=stage.received,
                step_of=self._step_of,
                coordinators=coordinating_addresses(stage.directory),
                pins=stage.pins,
                now=house.clock.now,
            )
        )
        services.start()
        started = time.monotonic()
        code = stage.open_case()
        self._console.print(self._("Case {code} is open. Watch it: {desk}").format(code=code, desk=stage.desk))
        if self._stays:
            signing_in = self._("Sign in there as {name} with {password}, then {code} in the place of a telephone.")
            self._console.print(signing_in.format(name=FIRST_OPERATOR, password=stage.password, code=stage.codes[0]))
        try:
            self._follow(code, started)
            self._wait_for_history(code)
        finally:
            services.stop()
        return self._close(code, tuple(services.faults))

    def _step_of(self, ref: str) -> str | None:
        try:
            return handoff_view(self._stage.house.database, ref).step
        except StaffettaError:
            return None

    def _view(self, code: str) -> CaseView:
        return case_view(self._stage.house.database, self._stage.house.keyring, code)

    def _follow(self, code: str, started: float) -> None:
        """Print the timeline as it grows, until the case is over or the time is."""
        while True:
            view = self._view(code)
            for entry in view.timeline[self._told :]:
                line = self._teller.line(view, entry)
                if line:
                    self._console.print(
                        f"{time.monotonic() - started:5.1f} s  {clock(entry.at)}  {line}", highlight=False
                    )
            self._told = len(view.timeline)
            over = view.row.status is not CaseStatus.OPEN
            unsent = any(d.state in {"queued", "sending"} for a in view.alerts for d in a.deliveries)
            if (over and not unsent) or time.monotonic() - started > CASE_WITHIN:
                return
            time.sleep(0.2)  # between two looks

    def _wait_for_history(self, code: str) -> None:
        """Prefect records a little later than things happen: give it its time."""
        until = time.monotonic() + HISTORY_WITHIN
        case_id = self._view(code).row.case_id
        self._console.print(self._("The case is over; the history in Prefect catches up …"))
        while time.monotonic() < until:
            view, runs = self._view(code), flow_runs_of_case(self._stage.house.database, case_id)
            if len(runs) == len(view.runs) and all(run.state_name == "Completed" for run in runs):
                return
            time.sleep(0.5)  # between two looks

    def _close(self, code: str, page_faults: tuple[str, ...]) -> bool:
        house, view = self._stage.house, self._view(code)
        runs = tuple(flow_runs_of_case(house.database, view.row.case_id))
        tasks = tuple(task for run in runs for task in flow_tasks_of(house.database, run.run_id))
        verified = verify(house.database, house.keyring)
        seen = Seen(view, self._stage.received(), runs, tasks, len(verified.faults), page_faults)
        self._handoffs(view)
        self._messages(view)
        self._runs(view, seen)
        self._console.print(
            self._("Trail: {events} events, {faults} faults.").format(
                events=len(view.timeline), faults=len(verified.faults)
            )
        )
        kept = [(self._(sentence), look(seen)) for sentence, look in PROMISES]
        for sentence, was_seen in kept:
            self._console.print(f"[green]✓[/green] {sentence}" if was_seen else f"[red]✗ {sentence}[/red]")
        for fault in page_faults:
            self._console.print(f"  {fault}", style="red")
        return all(was_seen for _, was_seen in kept)

    def _table(self, title: str, *columns: str) -> Table:
        table = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(column)
        return table

    def _handoffs(self, view: CaseView) -> None:
        _ = self._
        table = self._table(_("Handoffs"), _("Reference"), _("Step"), _("Service"), _("Ended as"), _("Result"))
        for row in view.handoffs:
            step, service = self._teller.step(view, row.run_id, row.step), self._teller.party(row.service)
            table.add_row(row.ref, step, service, state_said(row.state, _), self._teller.ending(view, row))
        self._console.print(table)

    def _messages(self, view: CaseView) -> None:
        _ = self._
        table = self._table(_("Messages"), _("What"), _("To"), _("Channel"), _("Outcome"), _("Seconds of the case"))
        for alert in view.alerts:
            for delivery in alert.deliveries:
                delay = "" if delivery.delay is None else f"{delivery.delay:.1f}"
                what, to = _(PURPOSES[alert.purpose]), self._teller.party(alert.to_id)
                table.add_row(what, to, delivery.channel, word_of(DELIVERIES, delivery.state, _), delay)
        self._console.print(table)

    def _runs(self, view: CaseView, seen: Seen) -> None:
        _ = self._
        table = self._table(_("Flow runs in Prefect"), _("Pathway"), _("Reference"), _("State"), _("Tasks"))
        notes = {run.run_id: run for run in seen.runs}
        for run in view.runs:
            note = notes.get(run.run_id)
            tasks = sum(1 for task in seen.tasks if task.run_id == run.run_id)
            pathway = self._teller.pathway(view, run.run_id)
            table.add_row(pathway, run.ref, note.state_name if note else "-", str(tasks))
        self._console.print(table)

    def stay(self) -> None:
        """Stay up until somebody presses Ctrl-C."""
        stage = self._stage
        text = self._("The desk stays up at {desk}: sign in as {name} with {password}. Ctrl-C ends the demo.")
        self._console.print(text.format(desk=stage.desk, name=FIRST_OPERATOR, password=stage.password))
        codes = self._("It asks for a code then. In the place of a telephone each of these is good once: {codes}.")
        self._console.print(codes.format(codes=", ".join(stage.codes[1:])))
        try:
            while True:
                time.sleep(3600)  # it stays up until it is told to stop
        except KeyboardInterrupt:
            self._console.print()


def main() -> int:
    """Run the demo; the status to exit with."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end when the case is over, even on a terminal")
    parser.add_argument("--language", choices=("it", "en"), default=os.environ.get("STAFFETTA__DESK__LANGUAGE", "it"))
    parser.add_argument("--data", type=Path, help="keep the data in this new folder instead of a temporary one")
    chosen = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    _ = translator(chosen.language, "cli").gettext
    data = chosen.data or Path(tempfile.mkdtemp(prefix="staffetta-demo-"))
    console.print(_("The house starts; its clock runs {speed:.0f} times faster than the wall.").format(speed=SPEED))
    try:
        with set_up(data, SPEED) as stage:
            stays = sys.stdin.isatty() and sys.stdout.isatty() and not chosen.exit
            demo = Demo(stage, console, chosen.language, stays=stays)
            all_seen = demo.run()
            if stays:
                demo.stay()
    except StaffettaError as error:
        Console(stderr=True).print(said(error, chosen.language), style="red")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if chosen.data is None:
            shutil.rmtree(data, ignore_errors=True)
    return 0 if all_seen else 1


if __name__ == "__main__":
    sys.exit(main())
