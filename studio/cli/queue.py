"""`queue`: the runs that wait, in order, and for what."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.text import Text, shell_language
from studio.runs import queue
from studio.runs.directory import Run
from studio.runs.launch import begin
from studio.runs.store import RunStore
from studio.runs.ticket import Ticket
from studio.runs.view import local_time, waits_for

app = typer.Typer(help="The runs that wait, in order, and for what.")
Waiting = Annotated[str, typer.Argument(metavar="RUN", help="A run's id or name.")]


@app.callback(invoke_without_command=True)
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """List what waits, the next first."""
    if context.invoked_subcommand is not None:
        return
    workspace = here(context)
    queue.advance(workspace, begin)  # should everything that looked after it have been killed
    line = queue.line(workspace)
    words = [waits_for(workspace, run, ticket, place) for place, (run, ticket) in enumerate(line, 1)]
    if as_json:
        document([_dump(place, *item, words[place - 1]) for place, item in enumerate(line, 1)])
        return
    for place, (run, _) in enumerate(line, 1):
        say(f"{place}  {run.id}  {words[place - 1].to(shell_language())}")
    if not line:
        say(Text("nothing waits", "没有排队的运行"))


def _dump(place: int, run: Run, ticket: Ticket, words: Text) -> dict[str, object]:
    return {
        **{"position": place, "id": run.id, "kind": run.kind, "name": run.name, "priority": ticket.priority},
        "not_before": local_time(ticket.not_before) if ticket.not_before else None,
        "needs": list(ticket.needs),
        "stage": words.en,
    }


@app.command("move")
def move(context: typer.Context, run: Waiting, place: Annotated[int, typer.Argument(help="1 is next.", min=1)]) -> None:
    """Put a waiting run at a place; one whose time is to come waits for it no more."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    queue.move(workspace, found, place)
    queue.advance(workspace, begin)  # it may be its turn at once
    at = queue.position(workspace, found)
    say(
        Text(f"{found.id}: number {at}", f"{found.id}：第 {at} 位")
        if at
        else Text(f"{found.id}: started", f"{found.id}：已开始")
    )


@app.command("cancel")
def cancel(context: typer.Context, run: Waiting) -> None:
    """Take a run out of the queue."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    queue.cancel(workspace, found)
    say(Text(f"cancelled: {found.id}", f"已取消：{found.id}"))
