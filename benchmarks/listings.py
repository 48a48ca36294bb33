"""How fast a page of a listing comes with 1,000 runs and a dataset of 100,000 rows open: `python -m benchmarks.listings`."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from benchmarks.page import await_answer, free_port
from studio.core.workspace import REPOSITORY, Workspace
from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.runs.store import RunStore

RUNS = 1_000
ROWS = 100_000
ROUNDS = 15
_LIMIT_MS = 50
_LIMIT_MB = 200
_WORDS = ("heparin", "warfarin", "atrial fibrillation", "protamine", "肝素", "心房颤动", "低钾血症", "急性冠脉综合征")


def main() -> int:
    """Fill a workspace, open the page over it, and print how long each look takes."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).prepare()
        dataset = filled(workspace)
        port = free_port()
        command = [sys.executable, "app.py", "--workspace", folder, "--port", str(port)]
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        try:
            await_answer(process, port)
            rows = {"listing": "rows", "of": dataset.id}
            settled(port, rows)
            settled(port, {**rows, "search": "warfarin 肝素"})
            looks: dict[str, dict[str, str]] = {
                "runs, first page": {"listing": "runs"},
                "runs, searched and sorted": {"listing": "runs", "search": "42", "sort": "-name"},
                "rows, first page": rows,
                "rows, last page": {**rows, "page": str(ROWS // 50)},
                "rows, filtered": {**rows, "group": "g3", "page": "20"},
                "rows, a search that is done": {**rows, "search": "warfarin 肝素", "page": "3"},
            }
            for name, query in looks.items():
                times = [look(port, query)[0] for _ in range(ROUNDS)]
                print(f"{name}: {statistics.median(times):.0f} ms, at most {max(times):.0f} (limit: {_LIMIT_MS} ms)")
            began = time.perf_counter()
            settled(port, {**rows, "search": "nothing holds this"})
            print(f"a search through all {ROWS:,} rows: {time.perf_counter() - began:.1f} s, in the background")
            megabytes = psutil.Process(process.pid).memory_info().rss / 2**20
            print(f"resident after all that: {megabytes:.0f} MB (limit: {_LIMIT_MB} MB)")
        finally:
            process.kill()
            process.wait()
    return 0


def filled(workspace: Workspace) -> Run:
    """Make the runs and the dataset; return the dataset's run."""
    chance = random.Random(0)
    for number in range(RUNS - 1):
        recipe = KINDS.load("train").recipe.model_validate({"kind": "train", "name": f"run-{number}", "dataset": "d"})
        RunStore(workspace).create(recipe, {}).write_result("finished", metrics={}, outputs={}, error=None)
    recipe = KINDS.load("dataset").recipe.model_validate({"kind": "dataset", "name": "big", "sources": [{"file": "x"}]})
    run = RunStore(workspace).create(recipe, {})
    folder = run.path / "dataset"
    folder.mkdir()
    with (folder / "train.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(ROWS):
            said = " ".join(chance.choices(_WORDS, k=30))
            row = {
                "id": str(number),
                "stem": f"{number}: {said}?",
                "options": {letter: chance.choice(_WORDS) for letter in "ABCDE"},
                "gold": chance.choice("ABCDE"),
                "group": f"g{number % 7}",
                "source": {"file": "raw.jsonl", "line": number + 1},
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    splits = {"train": ROWS, "val": 0, "test": 0}
    (folder / "dataset.json").write_text(json.dumps({"record": "question", "splits": splits, "rejected": 0}))
    run.write_result("finished", metrics={}, outputs={"dataset": "dataset"}, error=None)
    return run


def look(port: int, query: dict[str, str]) -> tuple[float, str]:
    """Ask for a listing as the page does; return the milliseconds until the whole answer, and what its pages say."""
    body = json.dumps({"lang": "en", "parts": [{"name": "listing", "query": query}]}).encode()
    address = f"http://127.0.0.1:{port}/studio/parts"
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    began = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        said = answer.read()
    took = (time.perf_counter() - began) * 1000
    return took, str(json.loads(said)["parts"][0]["slices"].get("pages", ""))


def settled(port: int, query: dict[str, str]) -> None:
    """Ask until all of a file has been looked through."""
    while "<progress" in look(port, query)[1]:
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
