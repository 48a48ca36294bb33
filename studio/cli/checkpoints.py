"""Commands over a training's checkpoints: which there are, and which stay."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli.shell import AsJson, document, here, say
from studio.core.text import Text
from studio.runs.store import RunStore
from studio.runs.view import local_time
from studio.training import checkpoints as room

app = typer.Typer()


@app.command()
def checkpoints(context: typer.Context, run: str, as_json: AsJson = False) -> None:
    """List a training's checkpoints; each is a model by RUN:step-100, the best by RUN:best."""
    found = RunStore(here(context)).find(run)
    held, best = room.found(found.path), room.best(found.path)
    if as_json:
        document(
            [
                {
                    "name": item.name,
                    "step": item.step,
                    "saved": local_time(item.saved),
                    "why": item.why,
                    "metrics": item.metrics,
                    "best": item == best,
                    "kept": item.kept,
                    "resumable": item.resumable,
                    "bytes": item.size,
                    "model": str(item.model),
                }
                for item in held
            ]
        )
        return
    for item in held:
        told = "  ".join(f"{name} {value:.5g}" for name, value in item.metrics.items())
        marks = {"best": item == best, "kept": item.kept, "model only": not item.resumable}
        said = ", ".join(mark for mark, given in marks.items() if given)
        say(f"{item.name:12} {local_time(item.saved)[:19]}  {told}{f'  ({said})' if said else ''}")
    if not held:
        say(Text(f"{found.id} has no checkpoints.", f"{found.id} 没有检查点。"))


@app.command()
def keep(
    context: typer.Context,
    run: str,
    checkpoint: Annotated[str, typer.Argument(help="step-100, or best.")],
    release: Annotated[bool, typer.Option("--release", help="Keep it no longer.")] = False,
) -> None:
    """Keep a checkpoint whatever comes after it."""
    found = RunStore(here(context)).find(run)
    (room.release if release else room.keep)(found.path, checkpoint)
    say(
        Text(f"{checkpoint} is kept no longer", f"{checkpoint} 不再保留")
        if release
        else Text(f"{checkpoint} is kept", f"{checkpoint} 会一直保留")
    )
