"""What a GPU does with models of real size, random weights: `python -m benchmarks.gpu --shapes qwen2.5-0.5b`.

For each shape and method: a step of training, as a run takes it, on rows of 560 to 1,000 tokens (a third of them an
answer), 8 at a time, with the most memory it took; then tokens a second of our server, for one request and for many.
Each measurement is a process of its own. It runs on a CPU as well, slowly.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio.core.workspace import find_workspace

_BATCH, _SCALE = 8, 4


def training_step(folder: Path, method: str, save_memory: bool) -> str:
    """Return what a training step costs."""
    from benchmarks.training import cost

    found = cost(folder, method, save_memory, _BATCH, _SCALE)
    return ", ".join(f"{value:,.1f} {unit}" for unit, value in found.items())


def serving(folder: Path, tokens: int) -> str:
    """Return how many tokens a second our server makes, for one request and for many at once."""
    from benchmarks import engine
    from studio.models.load import load_tokenizer

    tokenizer: Any = load_tokenizer(folder)
    told = []
    with engine.served(folder) as (ask, _):
        ask(engine.PROMPTS[:2], 8)
        for count in (1, 16, 64):
            prompts = [engine.PROMPTS[number % len(engine.PROMPTS)] for number in range(count)]
            told.append(f"{count} at once {engine.pace(ask, prompts, tokens, tokenizer):,.0f} tokens/s")
    return ", ".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="+", default=["qwen2.5-0.5b"], help="of benchmarks/shapes.py")
    parser.add_argument("--methods", nargs="+", default=["lora", "qlora", "full"])
    parser.add_argument("--tokens", type=int, default=128, help="tokens of each answer")
    parser.add_argument("--no-serving", action="store_true")
    given = parser.parse_args()
    tokenizer = find_workspace().models / "smollm2-135m-instruct"
    for shape in given.shapes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / shape
            _apart(_write, shape, folder, tokenizer)
            for method in given.methods:
                for save_memory in (False, True):
                    name = f"{shape}: {method}{', saving memory' if save_memory else ''}"
                    print(f"{name}: {_apart(training_step, folder, method, save_memory)}", flush=True)
            if not given.no_serving:
                print(f"{shape}: serve: {_apart(serving, folder, given.tokens)}", flush=True)


def _write(shape: str, folder: Path, tokenizer: Path) -> None:
    from benchmarks import shapes

    shapes.write(shape, folder, tokenizer)


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    """Return what work returns in a process of its own, or the last line of why it failed."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        try:
            return pool.apply(work, given)
        except RuntimeError as problem:  # out of memory, mostly: the next one may fit
            return f"failed: {str(problem).splitlines()[0]}"


if __name__ == "__main__":
    main()
