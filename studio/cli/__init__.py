"""The commands of `python -m studio`. Each writes recipes or reads runs, as the page does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studio.cli import answers, doctor, keys, models, runs
from studio.cli.shell import say
from studio.core.errors import StudioError
from studio.core.settings import find_workspace
from studio.core.text import Text

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for part in (runs, answers, doctor):
    app.add_typer(part.app)
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")


@app.callback()
def options(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(help="Folder that holds recipes, runs, models; default: STUDIO_WORKSPACE or the repository."),
    ] = None,
) -> None:
    """MedQA Studio: medical question answering, from raw file to compared, served, cited model."""
    context.obj = find_workspace(workspace)


def main() -> None:
    """Run a command; a user's mistake is told in one notice and exits with 2."""
    try:
        app()
    except StudioError as error:
        say(Text(error.to("en"), error.to("zh")), error=True)
        sys.exit(error.exit_code)
