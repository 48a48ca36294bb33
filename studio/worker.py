"""The process that does a run: `python -m studio.worker RUN_DIRECTORY`, started by `studio.runs.launch`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from studio.runs.directory import Run
from studio.runs.exclusive import hold
from studio.runs.job import Termination
from studio.runs.process import Process


def main(path: Path) -> int:
    """Do the run and write its result; return the exit code. Leaves at once where another worker is at it."""
    run = Run(path)
    os.environ.setdefault("STUDIO_WORKSPACE", str(path.resolve().parent.parent))  # where plug-ins are looked for
    termination = heed_termination(run)
    with hold(run.path) as held:
        if not held:
            print("another worker is at this run", file=sys.stderr)
            return 2
        if run.result() is not None:
            print("this run is over", file=sys.stderr)
            return 0
        Process.current().save(run.process_file)  # should whoever started it have been killed before writing it down
        from studio.runs.work import perform

        return perform(run, termination)


def heed_termination(run: Run) -> Termination:
    """Let SIGTERM, by which clouds, Slurm and containers end things, ask for a stop instead of killing.

    The handler only leaves word, and raises nothing: it may run between any two instructions. A process forked from
    this one inherits it, but is no worker: it ends.
    """
    termination, worker = Termination(), os.getpid()

    def leave_word(number: int, frame: FrameType | None) -> None:
        if os.getpid() != worker:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            return
        termination.received = True
        with suppress(OSError):
            run.ask_stop()

    signal.signal(signal.SIGTERM, leave_word)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # held back by whoever started it, until now
    return termination


if __name__ == "__main__":
    # Leave at once: threads of an inference engine must not hold a finished run's memory.
    code = main(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
