from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from studio.core.workspace import REPOSITORY
from studio.runs.exclusive import hold


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    program = f"import time; from pathlib import Path; from studio.runs.exclusive import hold\nwith hold(Path({str(tmp_path)!r})):\n print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with hold(tmp_path, wait_s=0.1) as held:
        assert not held
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with hold(tmp_path, wait_s=5) as held:
        assert held
