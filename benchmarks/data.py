"""How fast raw rows become a dataset, and in how much memory, beside the `datasets` library in the same run.

    python -m benchmarks.data [--everything | --memory]

Two references load the same JSONL with `datasets.load_dataset("json")` and write it back: *bare* maps every row to a
question and an answer; *the same work* does in plain Python what the station does without checks and near duplicates: it
makes the texts comparable, finds duplicates, splits by hash and writes three files with each row's origin.

`--everything` is the station as it comes, with all checks and near duplicates, beside `datasets.map` with the same checks
and MinHash as `text-dedup` does it (numpy, a row at a time; bands, then a union of what meets in a bucket, unverified).

Seconds are of computing (`process_time`, all threads), which others on the machine disturb less than the clock. `--memory`
prints how memory and time grow to a million rows of everything, each size in a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from benchmarks.openers import peak
from studio.core.reporter import Silent
from studio.data.build import build
from studio.data.checks import CHECKS
from studio.data.checks.base import Action
from studio.data.cleaning import Cleaner
from studio.data.recipe import DatasetRecipe
from studio.data.records.question import Question
from studio.data.source_file import SourceFile

ROWS = 100_000
REPEATS = 3
SIZES = (100_000, 300_000, 1_000_000)
_SIGNS = re.compile(r"[^\w<>=+%.]+")
_SIGNS_OF_TEXTS = "病患者疼痛发热检查治疗药物血压心肺肝肾胃肠炎症肿瘤骨折感染细菌手术护理诊断慢性急性"
_PERMUTATIONS, _ROWS_A_BAND = 126, 6
_PRIME = np.uint64(2**61 - 1)


def write_rows(path: Path, short: bool = False) -> None:
    """Write open questions of some 320 characters with their answers, as Chinese files have them; or short ones."""
    stem = "患者{0}，男，45岁，反复上腹痛{0}天，空腹时加重，进食后缓解，近日出现黑便两次。最可能的诊断是什么，应做哪些检查？"
    gold = "考虑十二指肠溃疡伴出血（{0}），建议先做胃镜检查，并查血常规与大便隐血，必要时输血，同时予抑酸治疗。"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(ROWS):
            asked, said = (
                (f"第{number}题怎么办？", f"见第{number}条。")
                if short
                else (stem.format(number) * 2, gold.format(number) * 4)
            )
            row = {"id": str(number), "question": asked, "answer": said, "department": "消化内科"}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_cases(path: Path) -> None:
    """Write open questions of some 300 characters that differ, a hundredth of them near duplicates, a hundredth repeated."""
    draw = random.Random(7)
    pieces = ["".join(draw.choices(_SIGNS_OF_TEXTS, k=draw.randint(6, 14))) for _ in range(4_000)]
    texts: list[str] = []
    with path.open("w", encoding="utf-8") as stream:
        for number in range(ROWS):
            kind = number % 100
            if kind == 1 and texts:
                asked = draw.choice(texts)
            elif kind == 2 and texts:
                asked = draw.choice(texts).replace("，", "，并且", 1)
            else:
                asked = "，".join(draw.choices(pieces, k=18)) + "，如何诊断和治疗？"
                texts.append(asked)
            said = "，".join(draw.choices(pieces, k=9)) + "。"
            row = {"id": str(number), "question": asked, "answer": said, "department": "消化内科"}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def ours(path: Path, folder: Path, everything: bool = False) -> float:
    """Build a dataset and return the seconds of computing; without checks and near duplicates where it is not everything."""
    recipe = DatasetRecipe(name="bench", sources=[SourceFile(file=path.name)])
    if not everything:
        off: dict[str, Action] = dict.fromkeys(CHECKS.names(), "off")
        recipe = recipe.model_copy(update={"near_duplicates": "off", "clean": off})
    began = time.process_time()
    build(recipe, [path], folder, Silent())
    return time.process_time() - began


def bare(path: Path, cache: Path) -> float:
    """Load, map and write with `datasets`, and return the seconds of computing."""

    def convert(row: dict[str, Any]) -> dict[str, str]:
        return {"stem": row["question"].strip(), "gold": row["answer"].strip()}

    began = time.process_time()
    rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))
    rows.map(convert, remove_columns=rows.column_names).to_json(str(cache / "out.jsonl"), force_ascii=False)
    return time.process_time() - began


def same_work(path: Path, cache: Path) -> float:
    """Do what the station does with `datasets` and plain Python, and return the seconds of computing."""

    def comparable(text: str) -> str:
        return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())

    def convert(row: dict[str, Any], number: int) -> dict[str, Any]:
        stem, gold = (unicodedata.normalize("NFC", row[name]).strip() for name in ("question", "answer"))
        asked = hashlib.sha256(comparable(stem).encode()).hexdigest()
        return {
            "id": row["id"],
            "labels": {"department": row["department"]},
            "source": {"file": path.name, "line": number + 1},
            "stem": stem,
            "gold": gold,
            "group": row["department"],
            "asked": asked,
            "answered": hashlib.sha256(comparable(gold).encode()).hexdigest(),
            "fraction": int(asked[:16], 16) / 2**64,
        }

    seen: set[tuple[str, str]] = set()

    def is_new(row: dict[str, Any]) -> bool:
        known = (row["asked"], row["answered"])
        if known in seen or not row["stem"] or not row["gold"]:
            return False
        seen.add(known)
        return True

    began = time.process_time()
    rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))
    made = rows.map(convert, with_indices=True, remove_columns=rows.column_names).filter(is_new)
    shares: dict[str, Callable[[float], bool]] = {
        "test": lambda fraction: fraction < 0.1,
        "val": lambda fraction: 0.1 <= fraction < 0.15,
        "train": lambda fraction: fraction >= 0.15,
    }
    fractions = made["fraction"][:]
    for split, belongs in shares.items():
        part = made.select([number for number, fraction in enumerate(fractions) if belongs(fraction)])
        part = part.remove_columns(["asked", "answered", "fraction"])
        part.to_json(str(cache / f"{split}.jsonl"), force_ascii=False)
    return time.process_time() - began


def everything_in_python(path: Path, cache: Path) -> float:
    """Check, make comparable, find near duplicates, split and write with `datasets`; return the seconds of computing."""
    cleaner = Cleaner()
    coefficients = np.random.default_rng(1).integers(1, _PRIME, (2, _PERMUTATIONS), np.uint64)

    def signature(text: str) -> list[bytes]:
        grams = {text[at : at + 5] for at in range(max(1, len(text) - 4))}
        hashed = np.fromiter((zlib.crc32(gram.encode()) for gram in grams), np.uint64, len(grams))
        values = ((hashed[:, None] * coefficients[0] + coefficients[1]) % _PRIME).min(axis=0).astype(np.uint32)
        return [values[at : at + _ROWS_A_BAND].tobytes() for at in range(0, _PERMUTATIONS, _ROWS_A_BAND)]

    def convert(row: dict[str, Any], number: int) -> dict[str, Any]:
        stem, gold = (unicodedata.normalize("NFC", row[name]).strip() for name in ("question", "answer"))
        question = Question(id=row["id"], stem=stem, gold=gold, labels={"department": row["department"]})
        clean, _ = cleaner.clean(question)
        comparable = _SIGNS.sub("", unicodedata.normalize("NFKC", clean.asked[0]).casefold())
        return {
            "row": clean.model_dump_json(exclude_defaults=True),
            "source": {"file": path.name, "line": number + 1},
            "fraction": int(hashlib.sha256(comparable.encode()).hexdigest()[:16], 16) / 2**64,
            "bands": signature(comparable),
        }

    began = time.process_time()
    rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))
    made = rows.map(convert, with_indices=True, remove_columns=rows.column_names)
    parent = list(range(len(made)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    buckets: dict[tuple[int, bytes], int] = {}
    for number, bands in enumerate(made["bands"]):
        for at, band in enumerate(bands):
            parent[root(number)] = root(buckets.setdefault((at, band), number))
    fractions = made["fraction"][:]
    places = [fractions[root(number)] for number in range(len(made))]
    for split, (low, high) in {"test": (0.0, 0.1), "val": (0.1, 0.15), "train": (0.15, 1.0)}.items():
        part = made.select([number for number, place in enumerate(places) if low <= place < high])
        part.remove_columns(["bands", "fraction"]).to_json(str(cache / f"{split}.jsonl"), force_ascii=False)
    return time.process_time() - began


def alone() -> dict[str, float]:
    """Return how fast rows are built, for `benchmarks.turns`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path)
        return {"rows/s": ROWS / ours(path, Path(folder) / "dataset")}


def main() -> None:
    datasets.disable_progress_bars()
    if "--memory" in sys.argv[1:]:
        memory()
        return
    if "--everything" in sys.argv[1:]:
        whole()
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / "rows.jsonl"
        write_rows(path)
        turns = [
            (
                ours(path, root / f"dataset{turn}"),
                bare(path, root / f"bare{turn}"),
                same_work(path, root / f"same{turn}"),
            )
            for turn in range(REPEATS)
        ]
    mine, least, same = (statistics.median(times) for times in zip(*turns, strict=True))
    print(f"dataset station: {ROWS / mine:,.0f} rows a second of computing")
    print(f"dataset station / datasets, load + map + write alone: {least / mine:.2f}x")
    print(f"dataset station / datasets, the same work in Python: {same / mine:.2f}x")


def whole() -> None:
    """Print what everything takes beside the same in Python, once: the reference alone takes minutes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / "rows.jsonl"
        write_cases(path)
        began = time.monotonic()
        mine = ours(path, root / "dataset", everything=True)
        clock, most = time.monotonic() - began, peak() / 1024
        other = everything_in_python(path, root / "cache")
    print(f"everything, {ROWS:,} rows: {mine:.1f} s of computing, {clock:.1f} s by the clock, {most:.0f} MB at most")
    print(f"everything / datasets.map with the same checks and text-dedup's MinHash: {other / mine:.2f}x")


def memory() -> None:
    """Print the most memory and the seconds of computing for each size of a file of short rows."""
    for size in SIZES:
        code = f"from benchmarks import data; data.ROWS = {size}; data.grow()"
        subprocess.run([sys.executable, "-c", code], check=True)


def grow() -> None:
    """Build a dataset of short rows in this process, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path, short=True)
        begins = peak()
        seconds = ours(path, Path(folder) / "dataset", everything=True)
        print(
            f"{ROWS:>9,} short rows ({path.stat().st_size / 2**20:.0f} MB): {seconds:.1f} s, {seconds / ROWS * 1e6:.0f} us a row, "
            f"{peak() / 1024:.0f} MB at most, {(peak() - begins) / 1024:.0f} of them for the rows",
            flush=True,
        )


if __name__ == "__main__":
    main()
