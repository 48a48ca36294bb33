from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from studio.core import locks
from studio.core.locks import attempting, locked


def test_one_at_a_time(tmp_path: Path) -> None:
    order = []

    def second() -> None:
        with locked(tmp_path / "lock"):
            order.append("second")

    waiting = threading.Thread(target=second)
    with locked(tmp_path / "lock"), attempting(tmp_path / "lock") as take:
        waiting.start()
        waiting.join(0.1)
        assert not take()
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP])
def test_a_disk_without_locks_is_worked_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(file: int, operation: int) -> None:
        raise OSError(code, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    with locked(tmp_path / "lock"), attempting(tmp_path / "lock") as take:
        assert take()


def test_what_else_goes_wrong_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int, operation: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    with pytest.raises(OSError, match="Input/output"), locked(tmp_path / "lock"):
        pass
