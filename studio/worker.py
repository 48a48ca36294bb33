"""The process that does a run: `python -m studio.worker RUN_DIRECTORY`, started by `studio.runs.launch`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from studio.runs.directory import Run
from studio.runs.lock import hold
from studio.runs.process import Process


def main(path: Path) -> int:
    """Do the run and write its result; return the exit code. Leaves at once where another worker is at it."""
    run = Run(path)
    with hold(run.path) as held:
        if not held:
            print("another worker is at this run", file=sys.stderr)
            return 2
        Process.current().save(run.process_file)  # before the slow imports: a run that started must show as such
        from studio.runs.work import perform

        return perform(run)


if __name__ == "__main__":
    # Leave at once: threads of an inference engine must not hold a finished run's memory.
    code = main(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
