"""local: one worker process on this machine."""

from __future__ import annotations

from studio.core.choice import Options
from studio.core.text import Text
from studio.runs.launchers.base import Command, Launcher


def command(worker: Command, _options: Options) -> Command:
    """Start the worker as it is."""
    return worker


LAUNCHER = Launcher(Text("This machine", "本机"), Text("One process on this machine.", "本机上的一个进程。"), command)
