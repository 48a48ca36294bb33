"""What a launcher is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.choice import Options
from studio.core.text import Text


@dataclass(frozen=True)
class Command:
    """A program to be started.

    Args:
        argv: the program and its arguments.
        env: its whole environment.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Launcher:
    """A way of starting a worker.

    Args:
        title: what the form calls it.
        help: how it starts one, in a sentence.
        command: `command(worker, options)` gives what is started in place of the plain worker: a program around it,
            say, or the same with another environment. The run is known by the process that this starts: it must end
            when the worker does, and pass SIGTERM on to it. It must also hand on `STUDIO_SLOT` and the files that it
            has open: they hold the worker's device.
        options: the schema of its own options.
    """

    title: Text
    help: Text
    command: Callable[[Command, Any], Command]
    options: type[Options] = Options
