"""What a training says while it runs, and how it is stopped."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from studio.core.reporter import STOPPING, Reporter, Stopped
from studio.core.text import Text, counted
from studio.training import checkpoints
from studio.training.saver import Saved
from studio.training.step_guard import RandomState
from studio.training.validation import Judge


class _Exhausted(Exception):
    """The training had ended by its validations before it was stopped: there is nothing left to learn."""


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
        judge: by what a validation is the best, and how long a better one is waited for.
        every_s: seconds between checkpoints; None: at steps alone.
        began: the step of another training that this one goes on from.
        retain: removes the checkpoints that need not stay, after each that is written.
    """

    report: Reporter
    run: Path
    total: int
    step_rows: int
    kept: tuple[str, ...] = ()
    judge: Judge = field(default_factory=Judge)
    every_s: float | None = None
    began: int = 0
    retain: Callable[[], None] = lambda: None
    stopped: bool = False
    saved: int = 0
    """The step of the newest checkpoint that this process wrote or began from; 0 where there is none."""
    busy_s: float = 0.0
    """Seconds spent in optimizer steps, without evaluations and checkpoints."""
    steps: int = 0
    done: int = 0
    """The last step that was taken, by this process or before it."""
    tokens: int = 0
    exhausted: bool = False
    """Whether no better validation came for as long as one was waited for."""
    eval_loss: float | None = None
    losses: list[float] = field(default_factory=list)
    save: Callable[[], None] = lambda: None
    """Writes a checkpoint at this very moment; the trainer's own, set once it is there."""
    validate: Callable[[], object] = lambda: None
    """Measures the validation loss; the trainer's own, set once it is there."""
    _random_state: RandomState | None = None
    """The random state that the step under way began with."""
    _told: bool = False
    _better: bool = False
    _began: float = 0.0
    _saved_at: float = 0.0
    _logged: tuple[float, int, int] = (0.0, 0, 0)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        state.compute_steps(args, state.max_steps)  # of this training, where it goes on from another one's state
        self.done = state.global_step
        state.log_history = [entry for entry in state.log_history if entry.get("step", 0) > self.began]
        self.losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        self.report.progress(state.global_step, self.total, "steps", saved=self.saved or None)
        self._saved_at = time.monotonic()
        measured = max((entry["step"] for entry in state.log_history if "eval_loss" in entry), default=0)
        step = state.global_step
        due = args.eval_strategy == "steps" and (step % int(args.eval_steps) == 0 or step == self.total)
        if due and measured < step:  # the validation that a stop broke off
            self.validate()
        if self.judge.exhausted(state.log_history):
            raise _Exhausted

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
        self.done = state.global_step
        self._better = False
        if self.every_s is not None and time.monotonic() - self._saved_at >= self.every_s:
            control.should_save = True
        if self.report.stopping():
            step = state.global_step
            self._tell(Text(f"Stopping; saving step {step}", f"正在停止，保存第 {step} 步"))
            self.stopped = control.should_training_stop = control.should_save = True
        control.should_log = control.should_log or control.should_save  # so that a checkpoint has its loss
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

    def on_evaluate(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        step = state.global_step
        self._better = self.judge.improved(state.log_history)
        written = next((item for item in checkpoints.found(self.run) if item.step == step), None)
        if written is not None:  # its validation was broken off, or comes after the last step
            checkpoints.note(written, self._measured(state), self._better)
        elif self._better:
            control.should_save = True
        if self.judge.exhausted(state.log_history) and step < self.total:
            self.exhausted = control.should_training_stop = control.should_save = True
        return control

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        self.saved = state.global_step
        self._saved_at = time.monotonic()
        self.report.progress(state.global_step, self.total, "steps", saved=self.saved)
        print(f"step {state.global_step}/{self.total}  checkpoint saved", flush=True)
        self.retain()

    def about(self, state: TrainerState) -> Saved:
        """Return what is said of a checkpoint that is written now."""
        reasons = {
            "stop": self.stopped,
            "end": state.global_step >= self.total or self.exhausted,
            "better": self._better,
        }
        why = next((reason for reason, given in reasons.items() if given), "due")
        return Saved(why, self._measured(state), self._better)

    def _measured(self, state: TrainerState) -> dict[str, float]:
        """Return the losses, and what the judge goes by, as they were logged at this very step."""
        named = dict.fromkeys(("loss", "eval_loss", self.judge.metric))
        logged = {key: value for entry in state.log_history if entry.get("step") == state.global_step for key, value in entry.items()}  # fmt: skip
        return {name: round(float(logged[name]), 5) for name in named if name in logged}

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if self.report.stopping():
            if self.saved < state.global_step:
                self.save()
            raise Stopped

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Hold a training that is resumed after its validations had ended it."""
        try:
            yield
        except _Exhausted:
            self.exhausted = True

    def narrowed(self, step: int, rows: int) -> None:
        """Say that a step did not fit into memory, and is learned in smaller batches."""
        self.report.notice(
            Text(
                f"Step {step} did not fit into memory; it and all that follow are learned {counted(rows, 'row')} at a time. The "
                "rows of a step stay the same, and so does what comes of it but for rounding.",
                f"第 {step} 步内存不足；从这一步起每次只计算 {rows} 行。每一步学习的数据行不变，除舍入误差外结果相同。",
            )
        )

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
            "steps": float(self.done or self.total),
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


def _peak_memory_mb() -> float:
    """Return the most memory held so far: of the GPU where there is one, else of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
