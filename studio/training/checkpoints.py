"""Checkpoints under a run: only whole ones count, whatever a kill, a full disk or a lost machine left behind.

Each is a sealed folder `checkpoints/step-N/`: `model/`, which serves and evaluates as any model does, and beside it what
a training goes on with (optimizer, schedule, random state).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.core import sealed
from studio.core.errors import InputError
from studio.core.files import sweep as sweep_scratch
from studio.core.text import Text

FOLDER = "checkpoints"
BEST = "best"
MODEL = "model"
OPTIMIZER = "optimizer.pt"
REASONS = {
    "due": Text("due", "按间隔保存"),
    "better": Text("best so far", "验证最优"),
    "stop": Text("stopped here", "在此停止"),
    "end": Text("last step", "最后一步"),
}
"""Why a checkpoint was written."""

_KEPT = "kept"
_PREFIX = "step-"
_AGAIN = "from"


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint.

    Args:
        path: its folder.
        step: the optimizer step that it was taken after.
        saved: when, in seconds since the epoch.
        why: one of `REASONS`.
        metrics: what was measured at that step.
        best: whether it was the best so far by its validation.
        resumable: whether a training can go on from it: its optimizer is there.
        size: bytes.
        sha256: of its model, as `core.files.sha256_tree` reads it.
        parts: into how many a batch was cut to fit into memory.
    """

    path: Path
    step: int
    saved: float
    why: str
    metrics: Mapping[str, float]
    best: bool
    resumable: bool
    size: int
    sha256: str
    parts: int = 1

    @property
    def name(self) -> str:
        """What a reference calls it: `step-100`."""
        return self.path.name

    @property
    def model(self) -> Path:
        """The folder of its model."""
        return self.path / MODEL

    @property
    def kept(self) -> bool:
        """Whether somebody wants it kept."""
        return (self.path / _KEPT).exists()


def folder(run: Path) -> Path:
    """Return where a run keeps its checkpoints."""
    return run / FOLDER


def at(run: Path, step: int) -> Path:
    """Return the folder of a step's checkpoint."""
    return folder(run) / f"{_PREFIX}{step}"


@contextmanager
def writing(
    run: Path, step: int, why: str, metrics: Mapping[str, float], best: bool = False, parts: int = 1
) -> Iterator[Path]:
    """Yield a folder to write a step's checkpoint to, `model/` in it; it is sealed when the block ends well."""
    about: dict[str, object] = {"step": step, "why": why, "metrics": dict(metrics), "best": best, "parts": parts}
    kept = (at(run, step) / _KEPT).exists()
    with sealed.sealing(at(run, step), about) as scratch:
        (scratch / MODEL).mkdir()
        yield scratch
        about["saved"] = round(time.time(), 3)
    if kept:
        keep(run, f"{_PREFIX}{step}")


def found(run: Path) -> list[Checkpoint]:
    """Return the whole checkpoints by step, told by names and sizes of their files."""
    read = (_read(path) for path in _all(run))
    return sorted((item for item in read if item is not None), key=lambda item: item.step)


def find(run: Path, name: str) -> Checkpoint | None:
    """Return the whole checkpoint of a name (`best`, `step-100`)."""
    return best(run) if name == BEST else next((item for item in found(run) if item.name == name), None)


def best(run: Path) -> Checkpoint | None:
    """Return the best checkpoint by its validation: the last that was the best so far."""
    return next((item for item in reversed(found(run)) if item.best), None)


def newest(run: Path) -> Checkpoint | None:
    """Return the checkpoint that a training goes on from: the one that was chosen, else the newest.

    Its content is read through, so that none is used that was damaged on the disk: then the one before counts.
    """
    goes_on = [item for item in reversed(found(run)) if item.resumable]
    chosen = chosen_step(run)
    if chosen is not None:
        goes_on = [item for item in goes_on if item.step <= chosen]
    return next((item for item in goes_on if not sealed.damage(item.path)), None)


def behind(model: Path) -> Checkpoint | None:
    """Return the checkpoint that a training can go on from which a model's folder belongs to: its own, or of what a
    training ended with, the newest of that training; None where there is none."""
    own = _read(model.parent)
    if own is not None:
        return own if own.resumable else None
    return newest(model.parent)


def goes_on(model: Path) -> bool:
    """Tell by names and sizes alone whether `behind` would find one."""
    own = _read(model.parent)
    return own.resumable if own is not None else any(item.resumable for item in found(model.parent))


def choose(run: Path, step: int) -> None:
    """Have the next start go on from an earlier checkpoint; the later ones stay until it has written one of its own."""
    (folder(run) / _AGAIN).write_text(str(step), encoding="ascii")


def chosen_step(run: Path) -> int | None:
    """Return the step that the next start goes on from, where one was chosen."""
    try:
        return int((folder(run) / _AGAIN).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def settle(run: Path) -> None:
    """Forget what was chosen: the training has left it behind."""
    (folder(run) / _AGAIN).unlink(missing_ok=True)


def keep(run: Path, name: str) -> None:
    """Keep a checkpoint whatever comes after it. Raises InputError where there is none of that name."""
    (require(run, name).path / _KEPT).touch()


def release(run: Path, name: str) -> None:
    """Treat a checkpoint as any other again. Raises InputError where there is none of that name."""
    (require(run, name).path / _KEPT).unlink(missing_ok=True)


def require(run: Path, name: str) -> Checkpoint:
    """Return the whole checkpoint of a name.

    Raises:
        InputError: there is none; says which there are.
    """
    item = find(run, name)
    if item is None:
        listed = ", ".join(other.name for other in found(run))
        raise InputError(
            Text(
                f"the run {run.name} has no checkpoint '{name}' (there are: {listed or 'none'})",
                f"运行 {run.name} 没有检查点“{name}”（现有：{listed or '无'}）",
            )
        )
    return item


def note(checkpoint: Checkpoint, metrics: Mapping[str, float], best: bool) -> None:
    """Write down what was measured of a checkpoint after it was written."""
    manifest = sealed.read(checkpoint.path)
    about = {**(manifest.about if manifest else {}), "metrics": {**checkpoint.metrics, **metrics}, "best": best}
    sealed.reseal(checkpoint.path, about)


def drop_optimizer(checkpoint: Checkpoint) -> None:
    """Take away the optimizer, the larger part of it; what is left is a model."""
    sealed.reseal(checkpoint.path, without=[OPTIMIZER])


def remove(checkpoint: Checkpoint) -> None:
    """Remove a checkpoint."""
    sealed.discard(checkpoint.path)


def sweep(run: Path) -> None:
    """Remove what is not whole. Nobody else may be writing there."""
    sweep_scratch(folder(run))
    for path in _all(run):
        if sealed.read(path) is None:
            sealed.discard(path)


def _all(run: Path) -> list[Path]:
    return [path for path in folder(run).glob(f"{_PREFIX}*") if path.name.removeprefix(_PREFIX).isdecimal()]


def _read(path: Path) -> Checkpoint | None:
    manifest = sealed.read(path)
    match manifest.about if manifest else {}:
        case {"step": int(step), "saved": int() | float() as saved, **rest} if manifest:
            return Checkpoint(
                path,
                step,
                float(saved),
                str(rest.get("why", "")),
                {name: float(value) for name, value in rest.get("metrics", {}).items()},
                rest.get("best") is True,
                OPTIMIZER in manifest.files,
                manifest.size,
                manifest.sum_of(MODEL),
                int(rest.get("parts", 1)),
            )
    return None
