"""Models that are on this machine already: a folder is linked to or copied, a GGUF file or pickled weights are converted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building, is_name, read_json, require_file, write_json
from studio.core.modelcard import ADAPTER_CONFIG, CARD, is_embedder
from studio.core.reporter import Reporter
from studio.core.space import require_room
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.models.conversion import convert
from studio.models.folder import check_folder
from studio.models.hub import from_pickles, say_converting

_PATH = re.compile(r"(?:~|/|\.{1,2}/).*|.*\.gguf", re.DOTALL | re.IGNORECASE)
_BF16_OF_GGUF = 4
_MAGIC = b"GGUF"
_NO_NAME = re.compile(r"[^\w.-]+")


def is_path(given: str) -> bool:
    """Tell whether what is to be fetched is a place on this machine, and no id on a hub.

    >>> is_path("/data/qwen"), is_path("./m.gguf"), is_path("uploads/m.gguf"), is_path("owner/name")
    (True, True, True, False)
    """
    return _PATH.fullmatch(given) is not None and ":" not in given


def local_name(given: str) -> str:
    """Return what a place on this machine is called under `models/`: the folder's or file's own name, in small letters."""
    path = Path(given.rstrip("/"))
    return _NO_NAME.sub("-", path.stem if path.suffix.lower() == ".gguf" else path.name).strip("-.").casefold()[:64]


def locate(workspace: Workspace, given: str) -> Path:
    """Return the file or folder that is meant. Raises InputError where there is none, or it may not be read from here."""
    path = workspace.path(given)
    workspace.require_open(path)
    if not path.exists():
        raise InputError(
            Text(f"there is no file or folder '{given}'", f"没有名为“{given}”的文件或文件夹"),
            Text(
                "Check the path; relative ones start at the workspace. A model on a hub is named OWNER/NAME.",
                "请检查路径；相对路径从工作区开始。Hub 上的模型写作“所有者/名称”。",
            ),
        )
    if path.is_file() and path.suffix.lower() != ".gguf":
        raise InputError(
            Text("this file is no model", "这个文件不是模型"),
            Text(
                "Give a folder that holds config.json, or a *.gguf file.",
                "请填写包含 config.json 的文件夹，或 *.gguf 文件。",
            ),
            given,
        )
    return path


def add(workspace: Workspace, given: str, report: Reporter, name: str = "", copy: bool = False) -> Path:
    """Take a model that lies on this machine under `models/`, and return its folder there.

    A folder is linked to, and stays its owner's: removing the model removes the link. GGUF files and pickled weights are
    converted into a folder of our own, once.

    Args:
        name: what it is called here; by default, as it is called there.
        copy: whether to copy a folder instead.

    Raises:
        InputError: there is no model, the name is taken or none, or it may not be read from here.
        UnavailableError: there is no room.
        Stopped: somebody asked.
    """
    path = _inside_cache(locate(workspace, given))
    called = name or local_name(given)
    if not is_name(called):
        raise InputError(
            Text(f"'{called}' is no name for a model", f"“{called}”不能用作模型名称"),
            Text("Give one with --name: letters, digits, . _ -", "请用 --name 指定：字母、数字、. _ -"),
        )
    target = workspace.prepare().models / called
    if target.exists() or target.is_symlink():
        if target.resolve() == path.resolve():
            return target
        raise InputError(
            Text(f"there is a model '{called}' already", f"已经有名为“{called}”的模型"),
            Text("Give another name with --name, or remove that one.", "请用 --name 另取名称，或先删除它。"),
            str(target),
        )
    file = _gguf_of(path)
    if file is not None:
        _require_gguf(file)
        require_room(target, file.stat().st_size * _BF16_OF_GGUF, called)
        say_converting(file.name, report)
        with building(target) as scratch:
            convert("studio.models.gguf", file.absolute(), scratch, report)
            _write_card(scratch, given)
    elif any(path.glob("*.safetensors")) and not copy:
        check_folder(path)
        target.symlink_to(path.resolve(), target_is_directory=True)
    else:
        _copied(path, target, called, given, report)
    return target


def _copied(path: Path, target: Path, called: str, given: str, report: Reporter) -> None:
    """Copy a folder's files; pickled weights become safetensors on the way."""
    if not path.is_dir() or not any((path / name).is_file() for name in ("config.json", ADAPTER_CONFIG)):
        check_folder(path)
    safe = any(path.glob("*.safetensors"))
    require_room(
        target, sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) * (1 if safe else 2), called
    )
    report.stage("copy", Text(f"Copying {path}", f"正在复制 {path}"))
    with building(target) as scratch:
        shutil.copytree(path, scratch, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
        if not safe and any([*path.glob("pytorch_model*.bin"), *path.glob("adapter_model*.bin")]):
            from_pickles(called, scratch, report)
        check_folder(scratch)
        _write_card(scratch, given)


def _gguf_of(path: Path) -> Path | None:
    """Return the GGUF file that is meant, or is the only model of a folder. Raises InputError where a folder has several."""
    if path.suffix.lower() == ".gguf" and path.is_file():
        return path
    if not path.is_dir() or (path / "config.json").exists() or (path / ADAPTER_CONFIG).exists():
        return None
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".gguf")
    if len(files) > 1:
        listed = ", ".join(file.name for file in files[:8])
        raise InputError(
            Text(
                f"the folder holds several GGUF files; name one: {listed}",
                f"文件夹里有多个 GGUF 文件，请指明一个：{listed}",
            ),
            None,
            str(path),
        )
    return files[0] if files else None


def _require_gguf(file: Path) -> None:
    """Raise InputError for a file that is called .gguf and is none."""
    with require_file(file).open("rb") as stream:
        if stream.read(len(_MAGIC)) == _MAGIC:
            return
    raise InputError(
        Text("this is no GGUF file, whatever it is called", "这不是 GGUF 文件，只是后缀相同"), None, str(file)
    )


def _inside_cache(path: Path) -> Path:
    """Return the folder that a hub client's cache keeps of a model, where that is what is given: its newest snapshot."""
    snapshots = path / "snapshots"
    if not snapshots.is_dir():
        return path
    main = path / "refs" / "main"
    if main.is_file() and (snapshots / main.read_text(encoding="utf-8").strip()).is_dir():
        return snapshots / main.read_text(encoding="utf-8").strip()
    return max(
        (item for item in snapshots.iterdir() if item.is_dir()), key=lambda item: item.stat().st_mtime, default=path
    )


def _write_card(folder: Path, given: str) -> None:
    card = read_json(folder / CARD) or {}
    purpose = "embedding" if is_embedder(folder) else "chat"
    write_json(folder / CARD, {"id": "", "purpose": purpose, "source": given, **card})
