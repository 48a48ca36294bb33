"""How fast an evaluation asks, beside asking one by one in the same run.

    python -m benchmarks.evaluation

Ours goes the whole way of `direct`: prompts, the local engine with 16 questions at once, every answer written down.
The reference is the loop that evaluation scripts usually hold: `model.generate` for one question after the other, with
the same prompts, the same greedy decoding, the same limit and the same bfloat16 weights. Both are warmed up first.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from studio.answering.system import System
from studio.core.records import Sampling
from studio.core.reporter import Silent
from studio.core.workspace import REPOSITORY
from studio.data.prompt import ask
from studio.data.records.question import Question
from studio.engines.backends.local import LocalEngine
from studio.evaluation.asking import AnswerProgress, AnswerRecorder
from studio.evaluation.score import Answers
from studio.evaluation.systems import exam
from studio.models.chat_template import prompt_ids
from studio.models.load import load_causal, load_tokenizer

QUESTIONS = 48
MAX_TOKENS = 40
CONCURRENCY = 16
REPEATS = 2
MODEL = REPOSITORY / "models" / "smollm2-135m-instruct"
SYSTEM = System("smollm2", exam, "direct")


def questions() -> list[Question]:
    """Return the demo's first open questions."""
    lines = (REPOSITORY / "recipes" / "demo" / "exam.en.jsonl").read_text(encoding="utf-8").splitlines()[:QUESTIONS]
    rows = [json.loads(line) for line in lines]
    return [Question(id=row["id"], stem=row["question"], gold=row["answer"]) for row in rows]


def ours(engine: LocalEngine, asked: list[Question]) -> tuple[float, int]:
    """Ask as an evaluation does; return the seconds and the tokens generated."""
    with tempfile.TemporaryDirectory() as folder:
        answers, report = Answers(Path(folder)), Silent()
        recorder = AnswerRecorder(
            report, answers, Sampling(max_tokens=MAX_TOKENS), CONCURRENCY, AnswerProgress(report, 0, len(asked))
        )
        began = time.perf_counter()
        asyncio.run(recorder.ask_all(SYSTEM, engine, asked))
        seconds = time.perf_counter() - began
        return seconds, sum(line["usage"]["completion_tokens"] for line in answers.texts.lines.read())


def one_by_one(model: Any, tokenizer: Any, asked: list[Question]) -> tuple[float, int]:
    """Generate for one question after the other; return the seconds and the tokens generated."""
    made = 0
    began = time.perf_counter()
    for question in asked:
        ids = torch.tensor([prompt_ids(tokenizer, ask(question))])
        with torch.inference_mode():
            whole = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=MAX_TOKENS)
        made += whole.shape[1] - ids.shape[1]
        tokenizer.decode(whole[0, ids.shape[1] :], skip_special_tokens=True)
    return time.perf_counter() - began, made


def alone() -> dict[str, float]:
    """Return how fast an evaluation asks, for `benchmarks.turns`."""
    asked = questions()
    with LocalEngine(MODEL) as engine:
        ours(engine, asked[:CONCURRENCY])
        return {"questions/s": len(asked) / ours(engine, asked)[0]}


def main() -> None:
    """Print both figures and their ratio."""
    asked = questions()
    loops, batches = [], []
    tokenizer = load_tokenizer(MODEL)
    model = load_causal(MODEL)
    with LocalEngine(MODEL) as engine:
        ours(engine, asked[:CONCURRENCY])
        one_by_one(model, tokenizer, asked[:2])
        for _ in range(REPEATS):  # in turns, so that a noisy neighbour meets both
            batches.append(ours(engine, asked))
            loops.append(one_by_one(model, tokenizer, asked))
    fast, slow = (statistics.median(len(asked) / seconds for seconds, _ in runs) for runs in (batches, loops))
    print(f"evaluation, {CONCURRENCY} at once: {fast:.2f} questions/s ({batches[0][1]} tokens)")
    print(f"transformers generate, one by one: {slow:.2f} questions/s ({loops[0][1]} tokens)")
    print(f"evaluation of {len(asked)} questions beside asking one by one: {fast / slow:.2f}x")


if __name__ == "__main__":
    main()
