"""Zip archives: each member is opened as if it came alone, and none leaves the archive by its name."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text
from studio.data.openers._members import is_hidden, rows_of
from studio.data.openers.base import Head, Opener
from studio.data.reading import RawRow, Reading

_MOST_BYTES = 20 * 2**30
_MOST_FILES = 10_000
_RATIO = 200
_RATIO_FROM = 64 * 2**20  # bytes; small files of equal rows are packed as tightly, and do no harm
_PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".xz", ".bz2")
_UTF8_NAME = 0x800
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


def fits(path: Path, head: Head) -> bool:
    if not head.data.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except _DAMAGED:
        return path.suffix.lower() == ".zip"
    return not names & {"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"}


def rows(path: Path, reading: Reading) -> Iterator[RawRow]:
    """Return the rows of all members, sorted by name.

    Raises:
        InputError: it is damaged or locked, would unpack into more than fits, or a member's name leads out of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted((_name(item), item) for item in archive.infolist() if not item.is_dir())
    except _DAMAGED as error:
        raise _damaged(path) from error
    for name, item in members:
        _require_safe(path, name, item)
    size = sum(item.file_size for _, item in members)
    packed = sum(item.compress_size for _, item in members)
    if size > _MOST_BYTES or len(members) > _MOST_FILES or (size > _RATIO_FROM and size > packed * _RATIO):
        raise InputError(
            Text(
                f"the archive would unpack into {len(members):,} files of {size / 2**20:,.0f} MB",
                f"压缩包解压后有 {len(members):,} 个文件、{size / 2**20:,.0f} MB",
            ),
            Text("Unpack it yourself and upload the files that hold rows.", "请自行解压，再上传含数据行的文件。"),
            shown(path),
        )
    wanted = []
    for name, item in members:
        if is_hidden(name):
            continue
        if name.lower().endswith(_PACKED):
            reading.note(f"left out: {name} (an archive inside the archive)", f"未读取：{name}（压缩包中的压缩包）")
        else:
            wanted.append((name, item))
    return _rows(path, wanted, reading)


def _rows(path: Path, members: list[tuple[str, zipfile.ZipInfo]], reading: Reading) -> Iterator[RawRow]:
    with tempfile.TemporaryDirectory() as folder:
        yield from rows_of(_unpacked(path, members, Path(folder)), path, reading)


def _unpacked(path: Path, members: list[tuple[str, zipfile.ZipInfo]], folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each member's name and where it lies, unpacked under a name of ours, until the next is asked for."""
    for name, item in members:
        suffix = PurePosixPath(name).suffix
        place = folder / f"member{suffix if suffix[1:].isalnum() and len(suffix) < 12 else ''}"
        try:
            with zipfile.ZipFile(path) as archive, archive.open(item) as stream, place.open("wb") as target:
                shutil.copyfileobj(stream, target, 2**20)
        except _DAMAGED as error:
            raise _damaged(path, name) from error
        yield name, place
        place.unlink()


def _name(item: zipfile.ZipInfo) -> str:
    """Return a member's name; Chinese Windows writes it in GBK and does not say so."""
    if item.flag_bits & _UTF8_NAME:
        return item.filename
    try:
        data = item.filename.encode("cp437")
    except UnicodeEncodeError:
        return item.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return item.filename


def _require_safe(path: Path, name: str, item: zipfile.ZipInfo) -> None:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]:
        raise InputError(
            Text(f"the archive holds a file whose name leads out of it: {name}", f"压缩包里有指向外部的文件名：{name}"),
            Text("Such an archive is not opened; pack it anew.", "这样的压缩包不会打开，请重新打包。"),
            shown(path),
        )
    if item.flag_bits & 1:
        raise InputError(
            Text("the archive is locked by a password", "压缩包有密码保护"),
            Text("Pack it anew without one.", "请去掉密码后重新打包。"),
            shown(path),
        )


def _damaged(path: Path, name: str = "") -> InputError:
    return InputError(
        Text("the archive is damaged or cut short", "压缩包已损坏或不完整"),
        Text("Get it again.", "请重新获取。"),
        f"{shown(path)}/{name}" if name else shown(path),
    )


OPENER = Opener(
    title=Text("Zip archive", "Zip 压缩包"),
    suffixes=(".zip",),
    fits=fits,
    rows=rows,
    order=30,
)
