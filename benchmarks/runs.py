"""What a look at a crowded workspace costs: `python -m benchmarks.runs`.

A thousand finished runs, listed through the index as a second process finds it, and as the same process sees it again;
beside them the plain way, which reads every run's recipe and result anew. Then a poll of the page's run panel, in which
nothing has changed.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.workspace import REPOSITORY, Workspace
from studio.runs.directory import Run
from studio.runs.index import Index

RUNS = 1000
ROUNDS = 7
_POLL = """
import sys, time
from studio.core.workspace import find_workspace
from studio.ui.context import Context
from studio.ui.parts import PARTS
context, panel = Context(find_workspace(sys.argv[1]), "zh"), PARTS.load("panel")
panel.version(context, {"kind": "train"})
times = []
for _ in range(50):
    began = time.perf_counter()
    panel.version(context, {"kind": "train"})
    times.append(time.perf_counter() - began)
print(sorted(times)[25])
"""


def write_runs(workspace: Workspace) -> None:
    """Write finished trainings, as their files would stand."""
    for number in range(RUNS):
        path = workspace.runs / f"20260101-{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-train-r{number}"
        path.mkdir()
        (path / "recipe.yaml").write_text(f"kind: train\nname: r{number}\nmodel: m\ndataset: d\n")
        (path / "inputs.json").write_text(json.dumps({"references": {"dataset": {"path": "runs/d/dataset"}}}))
        (path / "ticket.json").write_text(json.dumps({"counter": number + 1, "created": 1.7e9 + number}))
        result = {"status": "finished", "started": 1.0, "ended": 2.0, "outputs": {"model": "model"}, "metrics": {}}
        (path / "result.json").write_text(json.dumps(result))


def plainly(workspace: Workspace) -> list[tuple[str, str]]:
    """List names and states by reading every run's files."""
    runs = [Run(path) for path in workspace.runs.iterdir() if not path.name.startswith(".")]
    return [(run.name, run.status()) for run in runs]


def seconds(what: Callable[[], object]) -> float:
    """Return the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        what()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def alone() -> dict[str, float]:
    """Return how fast an unchanged panel is polled, for `benchmarks.turns`."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).prepare()
        write_runs(workspace)
        return {"polls/s": 1 / poll(workspace)}


def poll(workspace: Workspace) -> float:
    """Return the seconds of a poll of an unchanged panel, in a process that has polled before."""
    command = [sys.executable, "-c", _POLL, str(workspace.root)]
    return float(subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout)


def main() -> int:
    """Print the figures and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace").prepare()
        write_runs(workspace)
        database = Path(folder) / "studio.db"
        time.sleep(0.05)
        began = time.perf_counter()
        warm = Index(workspace.runs, database)
        warm.entries()
        cold_s = time.perf_counter() - began
        plain_s = seconds(lambda: plainly(workspace))
        opened_s = seconds(lambda: Index(workspace.runs, database).entries())
        warm_s = seconds(warm.entries)
        poll_s = poll(workspace)
    print(f"{RUNS} runs: index made {cold_s * 1e3:.0f} ms, opened {opened_s * 1e3:.1f} ms, known {warm_s * 1e3:.3f} ms")
    print(
        f"{RUNS} runs: every file read {plain_s * 1e3:.0f} ms; a poll of an unchanged panel {poll_s * 1e3:.2f} ms (limit: 5)"
    )
    print(f"runs/opened: every file read over an index that is opened: {plain_s / opened_s:.2f}x")
    print(f"runs/known: every file read over an index that is known: {plain_s / warm_s:.2f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
