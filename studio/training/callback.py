"""What a training says while it runs, and how it is stopped."""

from __future__ import annotations

import math
import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from studio.core.errors import StudioError
from studio.core.option import called
from studio.core.reporter import STOPPING, Reporter, Stopped
from studio.core.text import Text
from studio.training import checkpoints
from studio.training.recipe import TrainRecipe

_METRICS = ("loss", "learning_rate", "grad_norm")
_LINES = 200  # of the log, for a whole training


@dataclass
class RunCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed by mypy
    """Writes progress and metrics to a reporter, a readable line now and then, and stops where somebody asked.

    Somebody who asks waits for the step under way; a machine that wants the process gone (`Reporter.leaving`) does not: the
    step is given up at the next of its batches, with a checkpoint of the one before it.

    Args:
        report: told how far it is, and asks to stop.
        run: the folder that holds the checkpoints.
        total: optimizer steps of the whole training.
        step_rows: rows in one optimizer step.
        kept: what the trainer logs that is worth keeping beside the usual.
    """

    report: Reporter
    run: Path
    total: int
    step_rows: int
    kept: tuple[str, ...] = ()
    stopped: bool = False
    saved: int = 0
    """The step of the newest checkpoint that this process wrote or began from; 0 where there is none."""
    busy_s: float = 0.0
    """Seconds spent in optimizer steps, without evaluations and checkpoints."""
    steps: int = 0
    tokens: int = 0
    eval_loss: float | None = None
    losses: list[float] = field(default_factory=list)
    save: Callable[[], None] = lambda: None
    """Writes a checkpoint at this very moment; the trainer's own, set once it is there."""
    validate: Callable[[], object] = lambda: None
    """Measures the validation loss; the trainer's own, set once it is there."""
    _random_state: RandomState | None = None
    """The random state that the step under way began with."""
    _told: bool = False
    _began: float = 0.0
    _logged: tuple[float, int, int] = (0.0, 0, 0)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self.losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        self.report.progress(state.global_step, self.total, "steps", saved=self.saved or None)
        measured = max((entry["step"] for entry in state.log_history if "eval_loss" in entry), default=0)
        step = state.global_step
        due = args.eval_strategy == "steps" and (step % int(args.eval_steps) == 0 or step == self.total)
        if due and measured < step:  # the validation that a stop broke off
            self.validate()

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._began = time.perf_counter()
        if args.gradient_accumulation_steps > 1:
            self._random_state = RandomState.now()

    def on_substep_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        step = state.global_step + 1
        if self.report.leaving():
            self._tell(Text(f"Stopping; step {step} is given up", f"正在停止，放弃第 {step} 步"))
            self.stopped = control.should_training_stop = True
            if self.saved < state.global_step:  # a checkpoint that is whole is not written again, nor one of no step
                assert self._random_state is not None
                self._random_state.restore()  # the step will begin anew
                control.should_save = True
        elif self.report.stopping():
            self._tell(Text(f"Stopping; finishing step {step}", f"正在停止，先完成第 {step} 步"))
        return control

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        self.busy_s += time.perf_counter() - self._began
        self.steps += 1
        if self.report.stopping():
            step = state.global_step
            self._tell(Text(f"Stopping; saving step {step}", f"正在停止，保存第 {step} 步"))
            self.stopped = control.should_training_stop = control.should_save = True
        # the loss is looked at before the weights are saved, so that no checkpoint holds weights that blew up
        control.should_log = control.should_log or control.should_save
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        values = logs or {}
        if "eval_loss" in values:
            self.eval_loss = round(values["eval_loss"], 5)
            self.report.metric(state.global_step, {"eval_loss": self.eval_loss})
            print(f"step {state.global_step}/{self.total}  validation loss {values['eval_loss']:.4f}", flush=True)
        if "loss" not in values:
            return
        if not math.isfinite(values["loss"]):
            raise _diverged(state.global_step, args.learning_rate)
        self.losses.append(values["loss"])
        self.tokens = int(values.get("num_tokens", 0))
        tokens_per_s, samples_per_s = self._pace()
        measured = {name: float(f"{values[name]:.5g}") for name in (*_METRICS, *self.kept) if name in values}
        measured |= {"tokens_per_s": round(tokens_per_s, 1), "samples_per_s": round(samples_per_s, 2)}
        self.report.metric(state.global_step, measured)
        self.report.progress(state.global_step, self.total, "steps")
        if state.global_step % max(1, self.total // _LINES) == 0 or state.global_step == self.total:
            print(
                f"step {state.global_step}/{self.total}  loss {values['loss']:.4f}"
                f"  learning rate {values['learning_rate']:.2e}  {tokens_per_s:.0f} tokens/s",
                flush=True,
            )

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        checkpoints.seal(self.run, state.global_step)
        self.saved = state.global_step
        self.report.progress(state.global_step, self.total, "steps", saved=self.saved)
        print(f"step {state.global_step}/{self.total}  checkpoint saved", flush=True)

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self.report.stopping():
            if self.saved < state.global_step:
                self.save()
            raise Stopped

    def _tell(self, text: Text) -> None:
        """Say, once, what is still done before the stop."""
        if not self._told:
            self._told = True
            self.report.stage(STOPPING, text)

    def metrics(self) -> dict[str, float]:
        """Return the metrics of the whole training, of which speed and memory are this process's own."""
        seconds = max(self.busy_s, 1e-9)
        values = {
            "train_loss": round(sum(self.losses) / max(1, len(self.losses)), 5),
            "steps": float(self.total),
            "seconds": round(self.busy_s, 1),
            "peak_memory_mb": round(_peak_memory_mb(), 1),
        }
        if self.eval_loss is not None:
            values["eval_loss"] = self.eval_loss
        if self.steps:
            values["tokens_per_s"] = round(self.tokens / seconds, 1)
            values["samples_per_s"] = round(self.steps * self.step_rows / seconds, 2)
        return values

    def _pace(self) -> tuple[float, float]:
        """Return tokens (padding not counted) and rows a second since the last call."""
        busy_s, steps, tokens = self._logged
        self._logged = (self.busy_s, self.steps, self.tokens)
        elapsed = max(self.busy_s - busy_s, 1e-9)
        return (self.tokens - tokens) / elapsed, (self.steps - steps) * self.step_rows / elapsed


@dataclass(frozen=True)
class RandomState:
    """The state of every random generator that a step draws from."""

    python: Any
    numpy: Any
    torch: Any
    cuda: Any

    @classmethod
    def now(cls) -> RandomState:
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
        return cls(random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda)

    def restore(self) -> None:
        """Draw again what was drawn since."""
        random.setstate(self.python)
        np.random.set_state(self.numpy)
        torch.set_rng_state(self.torch)
        if self.cuda is not None:
            torch.cuda.set_rng_state_all(self.cuda)


def _peak_memory_mb() -> float:
    """Return the most memory held so far: of the GPU where there is one, else of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _diverged(step: int, learning_rate: float) -> StudioError:
    rate = called(TrainRecipe, "learning_rate")
    return StudioError(
        Text(
            f"the training fell apart at step {step}: the loss is no longer a number",
            f"训练在第 {step} 步发散：损失已不是有效数值",
        ),
        Text(
            f"Lower {rate.en} (it is {learning_rate:g}; try {learning_rate / 5:g}) and start a new run.",
            f"请调低{rate.zh}（现为 {learning_rate:g}，可试 {learning_rate / 5:g}），再重新开始一次运行。",
        ),
    )
