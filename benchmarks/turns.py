"""Whether a change made anything slower: every benchmark's own part, at a revision before and now, by turns.

    python -m benchmarks.turns REVISION [--turns 7] [--only training ...]

The revision is checked out beside this tree, with the same models and the same Python. Each turn runs a benchmark's
`alone()` once on either side, in a process of its own, the order changing with every turn, so that whatever else the
machine does hits both. What counts is the median of the turns' ratios: above 1 the code is faster now.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.workspace import REPOSITORY

NAMES = ("page", "runs", "data", "knowledge", "training", "engine", "evaluation")
_ALONE = "import json, sys, importlib; print(json.dumps(importlib.import_module(sys.argv[1]).alone()))"


def main() -> int:
    """Print each figure's medians and the median of its ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", help="a git revision, or a folder with one checked out")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    given = parser.parse_args()
    with _checkout(given.before) as before:
        for name in given.only:
            _compare(name, before, given.turns)
    return 0


def _compare(name: str, before: Path, turns: int) -> None:
    figures: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for turn in range(turns):
        sides = [before, REPOSITORY] if turn % 2 == 0 else [REPOSITORY, before]
        said = {side: _alone(side, name) for side in sides}
        for figure, value in said[REPOSITORY].items():
            figures[figure].append((said[before][figure], value))
    for figure, pairs in figures.items():
        was, now = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratios = sorted(now / was for was, now in pairs)
        print(
            f"{name}: {figure}: before {was:.4g}, now {now:.4g}: {statistics.median(ratios):.3f}x "
            f"({ratios[0]:.3f} to {ratios[-1]:.3f}, {turns} turns)",
            flush=True,
        )


def _alone(side: Path, name: str) -> dict[str, float]:
    """Return a benchmark's figures of ours, the larger the better, as a checkout measures them."""
    environment = {**os.environ, "PYTHONPATH": str(side)}
    command = [sys.executable, "-c", _ALONE, f"benchmarks.{name}"]
    done = subprocess.run(command, cwd=side, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} in {side} ended with code {done.returncode}:\n{done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def _checkout(before: str) -> Iterator[Path]:
    """Yield a folder that holds a revision, the models beside it."""
    if (Path(before) / "studio").is_dir():
        yield Path(before).resolve()
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "before"
        git = ["git", "-C", str(REPOSITORY), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), before], check=True)
        try:
            for model in (REPOSITORY / "models").iterdir():
                if model.is_dir():
                    (folder / "models" / model.name).symlink_to(model)
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


if __name__ == "__main__":
    sys.exit(main())
