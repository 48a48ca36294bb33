"""How fast raw rows are read out of a file, and with how much memory, beside `datasets`, in one run.

    python -m benchmarks.openers

Each reading has a process of its own. Ours gives every row as an object with its line; `datasets` loads the file into
its Arrow cache and then gives every row as an object.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
NAMES = ("rows.jsonl", "rows.json", "rows.csv")


def write_rows(folder: Path) -> None:
    """Write the same Chinese rows of some 320 characters in each format."""
    stem = "患者{0}，男，45岁，反复上腹痛三年，空腹时加重，进食后缓解，近日出现黑便两次。最可能的诊断是什么，应做哪些检查？"
    gold = "考虑十二指肠溃疡伴出血（{0}），建议先做胃镜检查，并查血常规与大便隐血，必要时输血。"
    rows = [{"id": str(n), "question": stem.format(n) * 2, "answer": gold.format(n) * 4} for n in range(ROWS)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "rows.json").write_text("[" + ",\n".join(lines) + "]", encoding="utf-8")
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def peak() -> int:
    """Return the most memory that this process ever had, in KB; `ru_maxrss` would count its parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0])


def read(who: str, path: Path) -> None:
    """Read a file as one of the two does, and print its rows, seconds of computing and megabytes beyond the start."""
    if who == "ours":
        from studio.data.raw import open_raw

        begins = peak()
        began = time.process_time()
        count = sum(1 for _ in open_raw(path).rows)
    else:
        import datasets

        datasets.disable_progress_bars()
        kind = "csv" if path.suffix == ".csv" else "json"
        begins = peak()
        began = time.process_time()
        with tempfile.TemporaryDirectory() as cache:
            loaded = datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=cache)
            count = sum(1 for _ in loaded)
    seconds = time.process_time() - began
    most = peak() - begins
    print(json.dumps({"rows": count, "seconds": seconds, "mb": most / 1024}))


def main() -> None:
    if len(sys.argv) == 3:
        read(sys.argv[1], Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_rows(Path(folder))
        for name in NAMES:
            figures = {}
            for who in ("ours", "datasets"):
                command = [sys.executable, "-m", "benchmarks.openers", who, str(Path(folder) / name)]
                said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                figures[who] = json.loads(said.splitlines()[-1])
                assert figures[who]["rows"] == ROWS, figures
            mine, theirs = figures["ours"], figures["datasets"]
            print(
                f"{name}: {ROWS / mine['seconds']:,.0f} rows/s, {mine['mb']:.0f} MB; datasets "
                f"{ROWS / theirs['seconds']:,.0f} rows/s, {theirs['mb']:.0f} MB; "
                f"{theirs['seconds'] / mine['seconds']:.2f}x"
            )


if __name__ == "__main__":
    main()
