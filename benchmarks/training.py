"""How fast a LoRA step is, beside a bare training loop and beside TRL's defaults in the same run.

    python -m benchmarks.training

SmolLM2-135M in bfloat16, r=8 on all linear layers, 4 rows of about 200 tokens a step, a third of them an answer. The
bare loop is what one writes by hand with torch and PEFT: the model's own loss, backward, clip, AdamW. All take the
same batches, padded alike, by turns, so that whatever else the machine does hits each of them.
"""

# ruff: noqa: E402  # the environment is settled before libraries read it
from __future__ import annotations

from studio.training.environment import prepare_process

prepare_process()

import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from peft import LoraConfig, get_peft_model
from transformers import PrinterCallback, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

from studio.core.reporter import Silent
from studio.core.weights import device
from studio.core.workspace import REPOSITORY
from studio.models.chat_template import IGNORED, TokenRow
from studio.models.load import load_causal, load_tokenizer
from studio.training import trainer as training
from studio.training.callback import RunCallback
from studio.training.methods import METHODS
from studio.training.objectives import sft
from studio.training.objectives.base import LearnedRows
from studio.training.order import RowOrder
from studio.training.recipe import TrainRecipe

MODEL = REPOSITORY / "models" / "smollm2-135m-instruct"
STEPS = 6
ROUNDS = 5


RANK, ALPHA = 8, 16
SETTINGS = TrainRecipe.model_validate(
    {
        **{"name": "bench", "dataset": "random", "method": {"name": "lora", "rank": RANK, "alpha": ALPHA}},
        **{"batch_size": 4, "epochs": 1.0, "warmup": 0.0, "checkpoint_every": 10_000},
    }
)


def write_rows(recipe: TrainRecipe, scale: int = 1) -> list[TokenRow]:
    """Return the rows of one turn, of random tokens, `scale` times 140 to 250 of them: what they say costs nothing."""
    chance = random.Random(0)
    rows = []
    for _ in range(STEPS * recipe.batch_size):
        prompt, answer = scale * chance.randint(100, 160), scale * chance.randint(40, 90)
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


def studio(recipe: TrainRecipe, rows: list[TokenRow], folder: Path, weights: Path = MODEL) -> float:
    """Train as a run does, with its events, and return the seconds."""
    clock, callback = Clock(), RunCallback(Silent(), folder, STEPS, recipe.batch_size)
    method = METHODS.load(recipe.method.name)
    model = method.prepare(weights, recipe, recipe.method.options)
    learned = LearnedRows(rows, [], [len(row["input_ids"]) for row in rows])
    place, callbacks = folder / "checkpoints", [callback, clock]
    sft_trainer = training.build(
        sft.OBJECTIVE, recipe.objective.options, recipe, model, load_tokenizer(weights), learned, place, callbacks
    )
    sft_trainer.args.save_strategy = "no"
    sft_trainer.train()
    return clock.seconds


def defaults(recipe: TrainRecipe, rows: list[TokenRow], folder: Path) -> float:
    """Train with TRL as it comes, and return the seconds."""
    clock = Clock()
    arguments = SFTConfig(
        output_dir=str(folder / "defaults"),
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        max_steps=STEPS,
        train_sampling_strategy="sequential",
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=device() == "cpu",
    )
    sft_trainer = SFTTrainer(
        load_causal(MODEL),
        arguments,
        train_dataset=_ordered(recipe, rows),
        processing_class=load_tokenizer(MODEL),
        peft_config=_adapters(),
        callbacks=[clock],
    )
    sft_trainer.remove_callback(PrinterCallback)
    sft_trainer.train()
    return clock.seconds


def bare(recipe: TrainRecipe, rows: list[TokenRow], _folder: Path) -> float:
    """Train with a loop of one's own, and return the seconds."""
    model = get_peft_model(load_causal(MODEL), _adapters(), autocast_adapter_dtype=False)
    model.train()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.0)
    began = time.perf_counter()
    for number, batch in enumerate(_batches(recipe, rows)):
        if number == 1:
            began = time.perf_counter()
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return time.perf_counter() - began


def _adapters() -> LoraConfig:
    return LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM")


def _ordered(recipe: TrainRecipe, rows: list[TokenRow]) -> Dataset:
    lengths = [len(row["input_ids"]) for row in rows]
    return Dataset.from_list(rows).select(list(RowOrder(lengths, recipe.batch_size, 1.0, recipe.seed)))


def _batches(recipe: TrainRecipe, rows: list[TokenRow]) -> Iterator[dict[str, torch.Tensor]]:
    for batch in _ordered(recipe, rows).iter(recipe.batch_size):
        longest = max(len(tokens) for tokens in batch["input_ids"])

        def pad(values: list[list[int]], filler: int, to: int = longest) -> torch.Tensor:
            return torch.tensor([row + [filler] * (to - len(row)) for row in values], device=device())

        yield {
            "input_ids": pad(batch["input_ids"], 0),
            "labels": pad(batch["labels"], IGNORED),
            "attention_mask": pad([[1] * len(tokens) for tokens in batch["input_ids"]], 0),
        }


def alone() -> dict[str, float]:
    """Return how fast the studio's own step is, for `benchmarks.turns`."""
    disable_progress_bars()
    set_seed(SETTINGS.seed)
    rows = write_rows(SETTINGS)
    with tempfile.TemporaryDirectory() as folder, training.quiet(), contextlib.redirect_stdout(None):
        seconds = studio(SETTINGS, rows, Path(folder))
    return {"samples/s": (STEPS - 1) * SETTINGS.batch_size / seconds}


def cost(weights: Path, method: str, save_memory: bool, batch: int, scale: int) -> dict[str, float]:
    """Return what a step of another model costs: samples and tokens a second, and the most GiB of a GPU's memory."""
    settings = {"batch_size": batch, "save_memory": save_memory, "method": {"name": method}}
    recipe = TrainRecipe.model_validate(SETTINGS.model_dump(mode="json") | settings)
    disable_progress_bars()
    rows = write_rows(recipe, scale)
    with tempfile.TemporaryDirectory() as folder, training.quiet(), contextlib.redirect_stdout(None):
        seconds = studio(recipe, rows, Path(folder), weights)
    samples = (STEPS - 1) * batch / seconds
    tokens = samples * sum(len(row["input_ids"]) for row in rows) / len(rows)
    peak = torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0.0
    return {"samples/s": samples, "tokens/s": tokens, "GiB": peak}


def main() -> None:
    disable_progress_bars()
    rows = write_rows(SETTINGS)
    ways: dict[str, Callable[[TrainRecipe, list[TokenRow], Path], float]] = {
        "studio": studio,
        "bare loop": bare,
        "TRL defaults": defaults,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder, training.quiet():
        for _ in range(ROUNDS):
            for name, way in ways.items():
                set_seed(SETTINGS.seed)
                with contextlib.redirect_stdout(None):
                    seconds[name].append(way(SETTINGS, rows, Path(folder)))
    samples = (STEPS - 1) * SETTINGS.batch_size
    speed = {name: samples / statistics.median(times) for name, times in seconds.items()}
    print("; ".join(f"{name} {value:.2f} samples/s" for name, value in speed.items()))
    for name in ("TRL defaults", "bare loop"):
        ratio = statistics.median(theirs / mine for theirs, mine in zip(seconds[name], seconds["studio"], strict=True))
        print(f"LoRA step / {name}: {ratio:.2f}x")


if __name__ == "__main__":
    main()
