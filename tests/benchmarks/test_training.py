from __future__ import annotations

import subprocess
import sys


def test_the_bench_begins_without_libraries_talking() -> None:
    begun = subprocess.run(
        [sys.executable, "-c", "import benchmarks.training"], capture_output=True, text=True, check=True
    )
    assert (begun.stdout, begun.stderr) == ("", "")
