"""The commands of `python -m studio`. Each writes recipes or reads runs, as the page does."""

from __future__ import annotations

import codecs
import errno
import io
import itertools
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from studio.cli import answers, checkpoints, doctor, imports, keys, models, plugins, queue, runs
from studio.cli.shell import say
from studio.core.errors import StudioError, UnavailableError
from studio.core.text import Text
from studio.core.workspace import find_workspace

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
for part in (runs, checkpoints, answers, doctor, imports):
    app.add_typer(part.app)
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")
app.add_typer(plugins.app, name="plugins")
app.add_typer(queue.app, name="queue")


_DISK = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


@app.callback()
def options(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(help="Folder that holds recipes, runs, models; default: STUDIO_WORKSPACE or the repository."),
    ] = None,
) -> None:
    """MedQA Studio: medical question answering, from raw file to compared, served, cited model."""
    found = find_workspace(workspace)
    os.environ["STUDIO_WORKSPACE"] = str(found.root)  # where plug-ins are looked for
    context.obj = found


def main() -> None:
    """Run a command; a user's mistake, or a disk that takes nothing, is told in one notice and exits with 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal of another encoding shows what it can; plain ASCII is what one that tells nothing is taken for
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")
    try:
        app(_workspace_first(sys.argv[1:]))
    except StudioError as error:
        _end(error)
    except OSError as error:
        if error.errno not in _DISK or error.filename is None:
            raise
        reason = error.strerror
        _end(
            UnavailableError(Text(f"cannot be written ({reason})", f"无法写入（{reason}）"), where=str(error.filename))
        )


def _workspace_first(arguments: list[str]) -> list[str]:
    """Return a command line with `--workspace DIR` in front of the command, wherever it stood."""
    chosen: list[str] = []
    rest = iter(arguments)
    left: list[str] = []
    for argument in rest:
        if argument == "--":
            return [*chosen, *left, argument, *rest]
        if argument == "--workspace":
            chosen += [argument, *itertools.islice(rest, 1)]
        elif argument.startswith("--workspace="):
            chosen.append(argument)
        else:
            left.append(argument)
    return [*chosen, *left]


def _end(error: StudioError) -> NoReturn:
    say(Text(error.to("en"), error.to("zh")), error=True)
    sys.exit(error.exit_code)
