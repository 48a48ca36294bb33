"""Reading files whose encoding nobody wrote down, and writing files whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.encoding import SAMPLE_BYTES, codec_of, hint_of, sample_of, tell_encoding
from studio.core.errors import InputError
from studio.core.text import Text

SCRATCH = ".part"
"""What the names of files and folders end with that are still being written."""

_LOOKED_THROUGH_BYTES = 64 * 2**20
_NAME = re.compile(r"\w[\w.-]{0,63}")
_NAME_BYTES = 192
_POINTER = b"version https://git-lfs.github.com/spec/"


def require_file(path: Path) -> Path:
    """Return the path of a readable, real file.

    Raises:
        InputError: there is no such file, it is a folder, unreadable, empty, or the pointer that Git LFS leaves behind.
    """
    _read(path, 64)
    return path


def _read(path: Path, most: int = -1) -> bytes:
    """Return a real file's bytes, or the first of them. Opens it once: a pipe gives them only once."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # the last is a path with a zero byte in it
        raise InputError(
            Text("there is no such file", "没有这个文件"),
            Text("Check the path; relative paths start at the workspace.", "请检查路径；相对路径从工作区开始。"),
            shown(path),
        ) from error
    except IsADirectoryError as error:
        raise InputError(
            Text("this is a folder, a file is wanted", "这是一个文件夹，这里需要的是文件"), None, shown(path)
        ) from error
    except OSError as error:
        raise InputError(
            Text(f"the file cannot be read ({error.strerror})", f"文件无法读取（{error.strerror}）"), None, shown(path)
        ) from error
    if not data:
        raise InputError(Text("the file is empty", "文件是空的"), None, shown(path))
    if data.startswith(_POINTER):
        raise InputError(
            Text(
                "this is a Git LFS pointer, not the data itself",
                "这是 Git LFS 的指针文件，不是数据本身",
            ),
            Text(
                "Run `git lfs install && git lfs pull` where you cloned it, then upload the real file.",
                "请在克隆的目录里运行 `git lfs install && git lfs pull`，再上传真正的文件。",
            ),
            shown(path),
        )
    return data


def read_text(path: Path) -> tuple[str, str]:
    """Return a file's text and the encoding it was read with.

    Raises:
        InputError: the file is missing, no text, in an encoding that cannot be told, or damaged; names the byte.
    """
    data = _read(path)
    begins = data[: 4 * SAMPLE_BYTES]
    try:
        text = data.decode("utf-8-sig")
        if "\x00" not in text[:SAMPLE_BYTES]:
            return text, "utf-8"
        first: UnicodeDecodeError | None = None
    except UnicodeDecodeError as error:
        first = error
    encoding = tell_encoding(begins if b"\x00" in begins else sample_of(data))
    if not encoding and b"\x00" in begins:
        raise InputError(
            Text("this is a binary file, not text", "这是二进制文件，不是文本"),
            Text(
                "Accepted: text in UTF-8, GB18030, Big5 or UTF-16.", "可接受：UTF-8、GB18030、Big5 或 UTF-16 的文本。"
            ),
            shown(path),
        )
    try:
        if encoding:
            return data.decode(codec_of(encoding)), encoding
    except UnicodeDecodeError as error:
        first = error
    start = first.start if first else 0
    line = data.count(b"\n", 0, start) + 1
    place = f"line {line}, byte 0x{data[start]:02x}"
    name = encoding.upper()
    raise InputError(
        Text(f"the text is damaged {name} ({place})", f"文本是 {name}，但有损坏（{place}）")
        if encoding
        else Text(
            f"the text is not UTF-8, and no other encoding fits ({place})",
            f"文本不是 UTF-8，也不像其他编码（{place}）",
        ),
        hint_of(data),
        shown(path),
    )


def write_atomic(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file at once and whole: readers see the old one or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=SCRATCH)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object, mode: int = 0o644) -> None:
    """Write a JSON document at once and whole."""
    write_atomic(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n", mode)


def read_json(path: Path) -> dict[str, object] | None:
    """Return a JSON object that one of our programs wrote, or None where it is not there (yet) or torn."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@contextmanager
def building(target: Path) -> Iterator[Path]:
    """Yield a fresh folder beside `target` that becomes `target` when the block ends well, and vanishes otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=SCRATCH))
    try:
        yield scratch
        scratch.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        scratch.replace(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def sweep(folder: Path) -> None:
    """Remove the folders that a killed process left half written in a folder; none may be writing there any more."""
    for path in folder.glob(f".*{SCRATCH}/"):
        shutil.rmtree(path)


def sha256_file(path: Path) -> str:
    """Return the hex sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_tree(path: Path) -> str:
    """Return one hex sha256 over a file, or over every file of a folder with its relative name."""
    if path.is_file():
        return sha256_file(path)
    digest = hashlib.sha256()
    for file in sorted(item for item in path.rglob("*") if item.is_file()):
        digest.update(os.fsencode(file.relative_to(path).as_posix()) + f"\0{sha256_file(file)}\n".encode())
    return digest.hexdigest()


def is_looked_through(path: Path) -> bool:
    """Tell whether a file, or a folder of files, is small enough to be read whole before a run is started, which takes about
    a second."""
    files = path.rglob("*") if path.is_dir() else [path]
    total = 0
    for file in files:
        total += file.stat().st_size if file.is_file() else 0
        if total > _LOOKED_THROUGH_BYTES:
            return False
    return True


def is_name(text: str) -> bool:
    """Tell whether a text is a plain name: letters (of any script), digits, `_ . -`; no path in it.

    It must leave room in a file name for a run's time and kind: 64 characters, 192 bytes.
    """
    return _NAME.fullmatch(text) is not None and ".." not in text and len(text.encode()) <= _NAME_BYTES


def shown(path: Path) -> str:
    """Return a path as text that can be written down: names that are not UTF-8 are read as GB18030, or with � in them.

    Archives packed on a Chinese Windows unpack into such names.
    """
    return "/".join(_decoded(part) for part in os.fsencode(path.as_posix()).split(b"/"))


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", errors="replace")
