"""The program that starts waiting runs when it is their turn: `python -m studio.scheduler`, gone when nothing waits."""

from __future__ import annotations

import os
import time


def main() -> None:
    """Serve the queue of the workspace that STUDIO_WORKSPACE names."""
    from studio.core.workspace import find_workspace
    from studio.runs import queue
    from studio.runs.launch import begin

    queue.serve(find_workspace(), begin, time.sleep)


if __name__ == "__main__":
    # Nobody's child, before it starts anything: whoever ends the process that started it, with all that it started, ends
    # neither it nor its runs.
    if os.fork():
        os._exit(0)
    main()
