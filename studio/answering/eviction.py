"""Room for one more engine: of those that started by themselves, the one that has been idle longest makes way."""

from __future__ import annotations

from studio.core.errors import TooManyEnginesError
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.engines import pool
from studio.runs import control

_STOP_S = 15.0


def make_room(workspace: Workspace, most: int) -> None:
    """Return once fewer engines than `most` are up that started by themselves; blocks while one ends.

    Raises:
        TooManyEnginesError: all of them are at work, or the idle one takes long to end.
    """
    up = pool.automatic(workspace)
    while len(up) >= most:
        idle = {run: seconds for run in up if (seconds := pool.idle_s(run)) is not None}
        if not idle:
            raise _too_many(len(up))
        longest = max(idle, key=lambda run: idle[run])
        longest.ask_stop()
        if not control.wait([longest], _STOP_S):
            raise _too_many(len(up))  # its memory is not free yet
        up = pool.automatic(workspace)


def _too_many(count: int) -> TooManyEnginesError:
    return TooManyEnginesError(
        Text(
            f"{count} models and knowledge bases are at work, and no more are kept up at once "
            "(STUDIO_MAX_ENGINES); try again in a moment",
            f"已有 {count} 个模型和知识库正在工作，不能再同时启动更多（STUDIO_MAX_ENGINES）；请稍后再试",
        )
    )
