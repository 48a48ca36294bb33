"""Ten thousand damaged files through opening, detecting and converting: each is read, or refused in words, in time.

A file is made from one that is well by a few mutations, all out of one seed, which a failure names.
"""

from __future__ import annotations

import json
import random
import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.data.conversion import Conversion
from studio.data.guess import guess, require_understood
from studio.data.raw import open_raw
from studio.data.records.base import RowOrigin
from studio.data.row_view import BadRow
from tests.data.files import FORMATS

FILES = 10_000
BATCH = 500
SECONDS = 10
MOST_ROWS = 2_000
SHAPES = Path(__file__).parents[1] / "data" / "shapes"
ROWS = [{"question": f"第{n}号药的用途是什么？", "answer": f"治疗病{n}。"} for n in range(5)]
ENCODINGS = ("gb18030", "big5", "utf-16", "utf-16-le", "cp932", "cp949", "cp1252", "utf-8-sig")
SUFFIXES = (".json", ".jsonl", ".csv", ".tsv", ".txt", ".xml", ".xlsx", ".parquet", ".arrow", ".zip", ".dat")
PIECES = (
    b"\x00",
    b'"',
    b"\n",
    b"\r",
    b",",
    b"[",
    b"{",
    b"}",
    b"]",
    b"<",
    b"&",
    b"\\",
    b"\\ud83d",
    b"\xff",
    b";",
    b"1e999",
)


def flip(data: bytes, other: bytes, chance: random.Random) -> bytes:
    held = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if held:
            held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
    return bytes(held)


def cut(data: bytes, other: bytes, chance: random.Random) -> bytes:
    begin = chance.choice((0, chance.randrange(len(data) + 1)))
    return data[begin : chance.randint(begin, len(data))]


def splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def recode(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data.decode(errors="replace").encode(chance.choice(ENCODINGS), errors="ignore")


def nest(data: bytes, other: bytes, chance: random.Random) -> bytes:
    place, depth = chance.randrange(len(data) + 1), chance.choice((3, 150, 900, 50_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>")))
    middle = chance.choice((b"", b"1", b'"x"')) + closing * chance.choice((depth, 0, depth - 1))
    return data[:place] + opening * depth + middle + data[place:]


def insert(data: bytes, other: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(data) + 1)
        data = data[:place] + chance.choice(PIECES) * chance.choice((1, 1, 2, 500)) + data[place:]
    return data


def repeat(data: bytes, other: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(data) + 1)
    part = data[begin : begin + chance.randint(1, 400)]
    return data[:begin] + part * chance.choice((2, 5, 300)) + data[begin:]


MUTATIONS: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (
    flip,
    cut,
    splice,
    recode,
    nest,
    insert,
    repeat,
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """Return files that are well (or as broken as their names say): names and contents."""
    folder = tmp_path_factory.mktemp("sound")
    for name, save in FORMATS.items():
        save(folder / name, ROWS)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FORMATS:
            archive.write(folder / name, f"in/{name}")
    files = sorted(folder.iterdir()) + sorted(path for path in SHAPES.rglob("*") if path.is_file())
    return [(path.name, path.read_bytes()) for path in files]


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of this process alone, whatever else the machine does
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def damaged(sound: list[tuple[str, bytes]], seed: int) -> tuple[str, bytes]:
    chance = random.Random(seed)
    name, data = chance.choice(sound)
    for _ in range(chance.choice((1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(data, chance.choice(sound)[1], chance)
    return (f"a{chance.choice(SUFFIXES)}" if chance.random() < 0.3 else name), data


def outcome(path: Path) -> str:
    """Read a file as a run does; returns how that ended."""
    try:
        rows = list(islice(open_raw(path).rows, MOST_ROWS))
        for row in rows:
            if row.fault is None:
                json.dumps(row.values, ensure_ascii=False, default=str).encode()
        conversion = Conversion()
        require_understood(guess(rows, conversion, path.name), rows, path.name)
    except InputError as error:
        assert error.message.en
        assert error.message.zh
        return "refused"
    taken = 0
    for row in rows:
        try:
            if row.fault is None:
                conversion.rows(row.values, RowOrigin(file=path.name, line=row.line))
                taken += 1
        except BadRow:
            continue
    return "rows taken" if taken else "every row rejected"


@pytest.mark.proof
@pytest.mark.parametrize("batch", range(FILES // BATCH))
def test_no_damaged_file_raises_or_hangs(sound: list[tuple[str, bytes]], tmp_path: Path, batch: int) -> None:
    ends: Counter[str] = Counter()
    wrong = []
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        name, data = damaged(sound, seed)
        path = tmp_path / name
        path.write_bytes(data)
        try:
            with limited(SECONDS):
                ends[outcome(path)] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what this looks for
            wrong.append(f"seed {seed} ({name}): {type(error).__name__}: {str(error)[:200]}")
        path.unlink()
    print(dict(ends))
    assert wrong == []
