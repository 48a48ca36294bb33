"""`queue`: the runs that wait for a device."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.text import Text
from studio.runs import queue
from studio.runs.launch import launch
from studio.runs.store import RunStore

app = typer.Typer(help="The runs that wait for a device, in order.")
Waiting = Annotated[str, typer.Argument(metavar="RUN", help="A run's id or name.")]


@app.callback(invoke_without_command=True)
def listing(context: typer.Context, as_json: AsJson = False) -> None:
    """List what waits, the next first."""
    if context.invoked_subcommand is not None:
        return
    workspace = here(context)
    queue.advance(workspace, launch)  # should everything that looked after it have been killed
    runs = queue.waiting(workspace)
    if as_json:
        document(
            [{"position": place, "id": run.id, "kind": run.kind, "name": run.name} for place, run in enumerate(runs, 1)]
        )
        return
    for place, run in enumerate(runs, 1):
        say(f"{place}  {run.id}")
    if not runs:
        say(Text("nothing waits", "没有排队的运行"))


@app.command("move")
def move(context: typer.Context, run: Waiting, place: Annotated[int, typer.Argument(help="1 is next.", min=1)]) -> None:
    """Put a waiting run at a place."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    queue.move(workspace, found, place)
    at = queue.position(workspace, found)
    say(Text(f"{found.id}: number {at}", f"{found.id}：第 {at} 位"))


@app.command("cancel")
def cancel(context: typer.Context, run: Waiting) -> None:
    """Take a run out of the queue."""
    workspace = here(context)
    found = RunStore(workspace).find(run)
    queue.cancel(workspace, found)
    say(Text(f"cancelled: {found.id}", f"已取消：{found.id}"))
