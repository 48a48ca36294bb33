"""How fast a LoRA step is, beside a bare training loop and beside TRL's defaults in the same run.

    python -m benchmarks.training

SmolLM2-135M in bfloat16, r=8 on all linear layers, 4 rows of about 200 tokens a step, a third of them an answer. The
bare loop is what one writes by hand with torch and PEFT: the model's own loss, backward, clip, AdamW. All take the
same batches, padded alike, by turns, so that whatever else the machine does hits each of them.
"""

# ruff: noqa: E402  # the environment is settled before libraries read it
from __future__ import annotations

from studio.training.environment import settle

settle()

import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from peft import LoraConfig, get_peft_model
from transformers import PrinterCallback, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

from studio.core.recipe import Recipe
from studio.core.settings import REPOSITORY, Workspace
from studio.core.weights import device
from studio.models.chat import IGNORED, TokenRow
from studio.models.load import load_causal, load_tokenizer
from studio.runs.events import EventLog
from studio.runs.job import Job
from studio.runs.store import RunStore
from studio.training import trainer as training
from studio.training.methods import lora
from studio.training.order import order
from studio.training.watch import Watch

MODEL = REPOSITORY / "models" / "smollm2-135m-instruct"
STEPS = 6
ROUNDS = 5


@dataclass(frozen=True)
class Settings:
    """The options that matter to the speed of a step."""

    model: str = "smollm2-135m-instruct"
    method: str = "lora"
    epochs: float = 1.0
    max_steps: int | None = None
    learning_rate: float = 2e-4
    batch_size: int = 4
    accumulate: int = 1
    max_length: int = 512
    rank: int = 8
    alpha: int = 16
    dropout: float = 0.0
    warmup: float = 0.0
    save_memory: bool = False
    checkpoint_every: int = 10_000
    evaluate_every: int | None = None
    seed: int = 42


def write_rows(settings: Settings) -> list[TokenRow]:
    """Return the rows of one turn, of random tokens: what they say costs nothing."""
    chance = random.Random(0)
    rows = []
    for _ in range(STEPS * settings.batch_size):
        prompt, answer = chance.randint(100, 160), chance.randint(40, 90)
        tokens = [chance.randrange(100, 40_000) for _ in range(prompt + answer)]
        rows.append({"input_ids": tokens, "labels": [IGNORED] * prompt + tokens[prompt:]})
    return rows


class Clock(TrainerCallback):  # type: ignore[misc]  # transformers is not followed by mypy
    """Takes the time from the second step on; the first one warms up."""

    def __init__(self) -> None:
        self.began = self.seconds = 0.0

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == 1:
            self.began = time.perf_counter()

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.seconds = time.perf_counter() - self.began


def studio(settings: Settings, rows: list[TokenRow], workspace: Workspace) -> float:
    """Train as a run does, with its events, and return the seconds."""
    run = RunStore(workspace).create(Recipe(kind="train", name="bench"), {})
    job = Job(run, workspace, {}, EventLog(run.events_file))
    clock, watch = Clock(), Watch(job, STEPS, settings.batch_size)
    model = lora.prepare(MODEL, settings)
    folder = run.path / "checkpoints"
    tutor = training.build(settings, model, load_tokenizer(MODEL), rows, [], folder, [watch, clock])
    tutor.args.save_strategy = "no"
    tutor.train()
    return clock.seconds


def defaults(settings: Settings, rows: list[TokenRow], workspace: Workspace) -> float:
    """Train with TRL as it comes, and return the seconds."""
    clock = Clock()
    arguments = SFTConfig(
        output_dir=str(workspace.runs / "defaults"),
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        max_steps=STEPS,
        train_sampling_strategy="sequential",
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=device() == "cpu",
    )
    tutor = SFTTrainer(
        load_causal(MODEL),
        arguments,
        train_dataset=_ordered(settings, rows),
        processing_class=load_tokenizer(MODEL),
        peft_config=_adapters(settings),
        callbacks=[clock],
    )
    tutor.remove_callback(PrinterCallback)
    tutor.train()
    return clock.seconds


def bare(settings: Settings, rows: list[TokenRow], _workspace: Workspace) -> float:
    """Train with a loop of one's own, and return the seconds."""
    model = get_peft_model(load_causal(MODEL), _adapters(settings), autocast_adapter_dtype=False)
    model.train()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    began = time.perf_counter()
    for number, batch in enumerate(_batches(settings, rows)):
        if number == 1:
            began = time.perf_counter()
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return time.perf_counter() - began


def _adapters(settings: Settings) -> LoraConfig:
    return LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules="all-linear", task_type="CAUSAL_LM")


def _ordered(settings: Settings, rows: list[TokenRow]) -> Dataset:
    lengths = [len(row["input_ids"]) for row in rows]
    return Dataset.from_list(rows).select(order(lengths, settings.batch_size, 1.0, settings.seed))


def _batches(settings: Settings, rows: list[TokenRow]) -> Iterator[dict[str, torch.Tensor]]:
    for batch in _ordered(settings, rows).iter(settings.batch_size):
        longest = max(len(tokens) for tokens in batch["input_ids"])

        def pad(values: list[list[int]], filler: int, to: int = longest) -> torch.Tensor:
            return torch.tensor([row + [filler] * (to - len(row)) for row in values], device=device())

        yield {
            "input_ids": pad(batch["input_ids"], 0),
            "labels": pad(batch["labels"], IGNORED),
            "attention_mask": pad([[1] * len(tokens) for tokens in batch["input_ids"]], 0),
        }


def main() -> None:
    disable_progress_bars()
    settings = Settings()
    rows = write_rows(settings)
    ways: dict[str, Callable[[Settings, list[TokenRow], Workspace], float]] = {
        "studio": studio,
        "bare loop": bare,
        "TRL defaults": defaults,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder, training.quiet():
        workspace = Workspace(Path(folder)).prepare()
        for _ in range(ROUNDS):
            for name, way in ways.items():
                set_seed(settings.seed)
                with contextlib.redirect_stdout(None):
                    seconds[name].append(way(settings, rows, workspace))
    samples = (STEPS - 1) * settings.batch_size
    speed = {name: samples / statistics.median(times) for name, times in seconds.items()}
    print("; ".join(f"{name} {value:.2f} samples/s" for name, value in speed.items()))
    for name in ("TRL defaults", "bare loop"):
        ratio = statistics.median(theirs / mine for theirs, mine in zip(seconds[name], seconds["studio"], strict=True))
        print(f"LoRA step / {name}: {ratio:.2f}x")


if __name__ == "__main__":
    main()
