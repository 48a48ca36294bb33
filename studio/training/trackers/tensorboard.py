"""tensorboard: event files that TensorBoard reads (AutoDL's panel shows those in /root/tf-logs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.choice import Options
from studio.core.errors import UnavailableError
from studio.core.option import option
from studio.core.text import Text
from studio.training.trackers.base import Track, Tracker

if TYPE_CHECKING:
    from studio.training.recipe import TrainRecipe


class TensorBoardOptions(Options):
    """Where the event files go."""

    folder: str = option(
        "",
        label=Text("Folder", "文件夹"),
        help=Text(
            "Where event files go, a folder a run; empty: into the run itself.",
            "事件文件的位置，每次运行一个子文件夹；留空则放在运行目录中。",
        ),
    )


@contextmanager
def open_writer(recipe: TrainRecipe, run: Path, options: TensorBoardOptions) -> Iterator[Track]:
    """Yield what writes scalars.

    Raises:
        UnavailableError: TensorBoard is not installed, or the folder cannot be written to.
    """
    place = Path(options.folder).expanduser() / run.name if options.folder else run / "tensorboard"
    try:
        from torch.utils.tensorboard import SummaryWriter

        writer = SummaryWriter(str(place))
    except ImportError as error:
        raise UnavailableError(
            Text("TensorBoard is not installed", "没有安装 TensorBoard"),
            Text("pip install -r requirements-tensorboard.txt", "请运行 pip install -r requirements-tensorboard.txt"),
            "trackers",
        ) from error
    except OSError as error:
        raise UnavailableError(
            Text(f"this cannot be written to ({error.strerror})", f"无法写入（{error.strerror}）"), where=str(place)
        ) from error

    def track(step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, step)

    with writer:
        yield track


TRACKER = Tracker(
    Text("TensorBoard", "TensorBoard"),
    Text("Event files for TensorBoard.", "供 TensorBoard 读取的事件文件。"),
    open_writer,
    options=TensorBoardOptions,
)
