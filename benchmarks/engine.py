"""How fast the local engine answers, beside what transformers alone does: `python -m benchmarks.engine`.

Three answer the same prompts, greedily, with the same number of tokens, in turns, so that a machine that slows down
slows all of them: our server (a serve run, over HTTP), `transformers serve --continuous-batching` (over HTTP, with the
same cache settings), and a padded batch of `model.generate` in this process. The best round of each counts. Tokens are
counted by tokenising the texts, for all three alike.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import torch

from studio.core.errors import UnavailableError
from studio.core.records import Message, Request, Sampling
from studio.core.text import Text
from studio.core.weights import device
from studio.core.workspace import Workspace, find_workspace
from studio.engines import pool
from studio.engines.remote import RemoteEngine
from studio.models.load import load_causal, load_tokenizer
from studio.runs import control
from studio.runs.store import RunStore

_START_S = 180.0
_TOPICS = (
    "asthma", "gout", "measles", "anaemia", "sepsis", "stroke", "migraine", "malaria",
    "hypertension", "epilepsy", "pneumonia", "cirrhosis", "psoriasis", "glaucoma", "scurvy", "tetanus",
)  # fmt: skip
PROMPTS = [[Message(role="user", content=f"Explain the causes and the treatment of {topic}.")] for topic in _TOPICS]

Ask = Callable[[Sequence[Sequence[Message]], int], list[str]]


def alone() -> dict[str, float]:
    """Return how fast our server answers one request and many, for `benchmarks.turns`."""
    folder = (find_workspace().models / "smollm2-135m-instruct").resolve()
    tokenizer: Any = load_tokenizer(folder)
    with served(folder) as (own, _):
        own(PROMPTS[:2], 8)
        return {f"tokens/s, {n} at once": pace(own, PROMPTS[:n], 64, tokenizer) for n in (1, len(PROMPTS))}


def main() -> int:
    """Run the benchmark; prints one figure or ratio a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct", help="a folder, or a name under models/")
    parser.add_argument("--tokens", type=int, default=128, help="tokens of each answer")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    workspace = find_workspace()
    folder = Path(given.model) if Path(given.model).is_dir() else workspace.models / given.model
    tokenizer: Any = load_tokenizer(folder)

    with served(folder.resolve()) as (own, own_pid), _transformers_serve(folder.resolve()) as (other, other_pid):
        generate = _generate(folder, tokenizer)
        candidates: dict[str, Ask] = {
            "ours, HTTP": own,
            "transformers serve --continuous-batching": other,
            "transformers generate, one batch in process": generate,
        }
        for ask in candidates.values():
            ask(PROMPTS[:2], 8)
        for requests in (1, len(PROMPTS)):
            best = dict.fromkeys(candidates, 0.0)
            for _ in range(given.rounds):
                for name, ask in candidates.items():
                    best[name] = max(best[name], pace(ask, PROMPTS[:requests], given.tokens, tokenizer))
            _report(f"{requests} at once", best, "tokens/s")
        resident = {"ours, HTTP": _resident(own_pid), "transformers serve --continuous-batching": _resident(other_pid)}
        _report("resident memory", resident, "MB")
    return 0


def pace(ask: Ask, prompts: Sequence[Sequence[Message]], tokens: int, tokenizer: Any) -> float:
    began = time.perf_counter()
    texts = ask(prompts, tokens)
    elapsed = time.perf_counter() - began
    return float(sum(len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts) / elapsed)


def _report(what: str, figures: dict[str, float], unit: str) -> None:
    ours, *others = figures.items()
    for name, value in figures.items():
        print(f"engine: {what}: {name}: {value:.1f} {unit}")
    for name, value in others:
        print(f"engine: {what}: {unit} of ours against {name}: {ours[1] / value:.2f}x", flush=True)


def _over(url: str, model: str, key: str = "") -> Ask:
    async def answer(engine: RemoteEngine, messages: Sequence[Message], tokens: int) -> str:
        request = Request(tuple(messages), Sampling(tokens))
        return "".join([delta.text async for delta in engine.generate(request)])

    async def answers(prompts: Sequence[Sequence[Message]], tokens: int) -> list[str]:
        async with RemoteEngine(url, model, key) as engine:
            return await asyncio.gather(*(answer(engine, messages, tokens) for messages in prompts))

    return lambda prompts, tokens: asyncio.run(answers(prompts, tokens))


def _generate(folder: Path, tokenizer: Any) -> Ask:
    model: Any = load_causal(folder)
    tokenizer.padding_side = "left"

    def ask(prompts: Sequence[Sequence[Message]], tokens: int) -> list[str]:
        rendered = [
            tokenizer.apply_chat_template(
                [turn.model_dump() for turn in turns], add_generation_prompt=True, tokenize=False
            )
            for turns in prompts
        ]
        batch = tokenizer(rendered, return_tensors="pt", padding=True, add_special_tokens=False).to(device())
        with torch.inference_mode():
            output = model.generate(**batch, do_sample=False, max_new_tokens=tokens)
        texts: list[str] = tokenizer.batch_decode(output[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
        return texts

    return ask


@contextmanager
def served(folder: Path) -> Iterator[tuple[Ask, int]]:
    """Serve from a workspace of its own. Should this process be killed, the run ends by itself when idle."""
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace(Path(place)).prepare()
        server = pool.ensure(workspace, model=str(folder), idle_minutes=2)
        run = RunStore(workspace).find(server.run)
        process = run.process()
        try:
            yield _over(server.url, server.model, server.token), process.pid if process else 0
        finally:
            run.ask_stop()
            control.wait([run])


@contextmanager
def _transformers_serve(folder: Path) -> Iterator[tuple[Ask, int]]:
    """Run transformers' own server; it ends with this process, even where that is killed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("transformers")),
        *("serve", str(folder), "--continuous-batching", "--host", "127.0.0.1", "--port", str(port)),
        *("--cb-block-size", "32", "--cb-num-blocks", "1024", "--cb-max-batch-tokens", "512"),
    ]
    if shutil.which("setpriv"):
        command = ["setpriv", "--pdeathsig", "KILL", *command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + _START_S
            while not _healthy(f"http://127.0.0.1:{port}/health"):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    said = log.read().decode(errors="replace")[-500:]
                    raise UnavailableError(
                        Text(f"transformers serve did not come up: {said}", f"transformers serve 没有启动：{said}")
                    )
                time.sleep(0.2)
            yield _over(f"http://127.0.0.1:{port}/v1", str(folder)), process.pid
        finally:
            process.kill()
            process.wait()


def _healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _resident(pid: int) -> float:
    """Return a process's resident memory with its children's, in MB."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family) / 2**20)


if __name__ == "__main__":
    sys.exit(main())
