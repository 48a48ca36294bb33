"""What the names in a recipe stand for, pinned before a run starts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from studio.core.errors import Fault, InputError, RecipeError
from studio.core.files import is_name, read_json, require_file, sha256_tree
from studio.core.modelcard import find_model_folder
from studio.core.option import references, written_references
from studio.core.recipe import Recipe
from studio.core.settings import Workspace
from studio.core.text import Text
from studio.runs.kinds import KINDS
from studio.runs.names import names_of
from studio.runs.store import RunStore

_MODELS = ("model", "embedder")  # of these sorts, models/ is looked in as well
_COMES_ALONG = {"model": "smollm2-135m-instruct", "embedder": "all-minilm-l6-v2"}
# what a folder of each sort has at least one of
_HOLDS = {
    "dataset": ("train.jsonl", "val.jsonl", "test.jsonl"),
    "model": ("config.json", "adapter_config.json"),
    "embedder": ("config.json",),
    "knowledge": ("manifest.json",),
}
_NOUNS = {
    "dataset": Text("dataset", "数据集"),
    "model": Text("model", "模型"),
    "embedder": Text("embedding model", "向量模型"),
    "knowledge": Text("knowledge base", "知识库"),
    "file": Text("file", "文件"),
    "recipe": Text("recipe", "配方"),
}


@dataclass(frozen=True)
class Reference:
    """One resolved reference: what was written, and what it meant when the run was made.

    `path` is relative to the workspace where it lies inside it, so that a copied workspace still resolves.
    """

    given: str
    refers: str
    path: str
    run: str = ""
    sha256: str = ""
    rows: int | None = None

    def locate(self, workspace: Workspace) -> Path:
        """Return the absolute path."""
        return workspace.path(self.path)


def resolve(workspace: Workspace, refers: str, given: str) -> Reference:
    """Return what a reference means now: a name, then a path, then a hub id.

    Raises:
        InputError: it means nothing, and says what there is; or a folder that is no such thing.
    """
    path, run = workspace.path(given), ""
    if refers in ("file", "recipe"):
        if refers == "file" and path.is_dir():
            _require_part(workspace, path)
        else:
            require_file(path)
        return Reference(given, refers, workspace.relative(path).as_posix())
    made = _made(workspace, refers, given)
    folder = find_model_folder(workspace, given) if refers in _MODELS else None
    if made is not None:
        path, run = made
    elif folder is not None:
        path = folder
    elif not path.is_dir() or given in ("", "."):
        raise _unknown(workspace, refers, given)
    _require_sort(refers, path)
    return Reference(given, refers, workspace.relative(path).as_posix(), run)


def _made(workspace: Workspace, refers: str, given: str) -> tuple[Path, str] | None:
    """Return what the newest finished run of that name made, and the run's id."""
    outputs = KINDS.makers(refers)
    if not outputs or not is_name(given):
        return None
    run = RunStore(workspace).newest_finished(given, *outputs)
    path = run.output(outputs[run.kind]) if run else None
    return (path, run.id) if run is not None and path is not None else None


def _require_part(workspace: Workspace, folder: Path) -> None:
    """Raise InputError for a folder that holds the whole workspace, what is made of it included."""
    if workspace.root.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            Text("this folder holds the whole workspace", "这个文件夹包含整个工作区"),
            Text("Give the folder of the files that are meant.", "请填写所需文件所在的文件夹。"),
            str(folder),
        )


def _require_sort(refers: str, folder: Path) -> None:
    """Raise InputError for a folder that is not of the sort that is wanted, or gone."""
    if not any((folder / name).is_file() for name in _HOLDS[refers]):
        noun, names = _NOUNS[refers], _HOLDS[refers]
        raise InputError(
            Text(
                f"this is no {noun.en}: it has no {' or '.join(names)}",
                f"这不是{noun.zh}：其中没有 {'、'.join(names)}",
            ),
            None,
            str(folder),
        )


def resolve_all(workspace: Workspace, recipe: Recipe) -> dict[str, Reference]:
    """Return every reference of a recipe, resolved, by dotted field.

    Raises:
        RecipeError: every one that means nothing, with its field.
    """
    resolved, faults = _resolve_each(workspace, references(recipe))
    if faults:
        raise RecipeError(faults)
    return resolved


def check_place(
    workspace: Workspace, refers: str, given: str, field: str, check: Callable[[Path], object]
) -> list[Fault]:
    """Return what a check of a place says of what a field names; a name that means nothing is no matter of this one.

    Args:
        check: raises InputError where what lies there cannot be used.
    """
    try:
        place = resolve(workspace, refers, given).locate(workspace)
    except InputError:
        return []
    try:
        check(place)
    except InputError as error:
        return [Fault(field, error.message)]
    return []


def missing(workspace: Workspace, model: type[Recipe], values: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for every reference in a recipe's plain values that means nothing, whatever else is wrong there."""
    return _resolve_each(workspace, written_references(model, values))[1]


def _resolve_each(
    workspace: Workspace, named: Iterable[tuple[str, str, str]]
) -> tuple[dict[str, Reference], list[Fault]]:
    resolved, faults = {}, []
    for field, refers, given in named:
        try:
            resolved[field] = resolve(workspace, refers, given)
        except InputError as error:
            faults.append(Fault(field, _one_text(error)))
    return resolved, faults


def _one_text(error: InputError) -> Text:
    """Return an error's place, message and hint as one text."""
    place = f"{error.where}: " if error.where else ""
    if error.hint is None:
        return Text(f"{place}{error.message.en}", f"{place}{error.message.zh}")
    first = Text(error.message.en.removesuffix("."), error.message.zh.removesuffix("。"))
    return Text(f"{place}{first.en}. {error.hint.en}", f"{place}{first.zh}。{error.hint.zh}")


def public_name(workspace: Workspace, field: str, reference: Reference) -> str:
    """Return the name under which the endpoint knows what a reference was pinned to.

    Raises:
        InputError: no name means this very folder: it lies elsewhere, or its name means a newer run by now.
    """
    path = reference.locate(workspace)
    known = names_of(workspace, reference.refers)
    run = path.parent.name if path.parent.parent == workspace.runs else ""
    for name in dict.fromkeys((reference.given, path.name, run.split("-", 3)[-1])):
        try:
            found = name in known and resolve(workspace, reference.refers, name).path == reference.path
        except InputError:
            continue
        if found:
            return name
    raise InputError(
        Text(
            f"api and rag ask by name, as other programs do, and no name means '{reference.path}' now",
            f"api 和 rag 像其他程序一样按名称访问，而现在没有名称指向“{reference.path}”",
        ),
        Text(
            "Put the folder under models/, name the newest run that made it, or ask direct only.",
            "请把文件夹放到 models/ 下，或填写生成它的最新运行的名称，或只用 direct 方式。",
        ),
        field,
    )


def pin(workspace: Workspace, reference: Reference) -> Reference:
    """Return the reference with its content's sha256 and, where it has countable rows, their number."""
    path = reference.locate(workspace)
    card = read_json(path / "dataset.json") if path.is_dir() else None
    rows = card.get("rows") if card else None
    if rows is None and path.suffix == ".jsonl":
        with path.open("rb") as stream:
            rows = sum(1 for line in stream if line.strip())
    return replace(reference, sha256=sha256_tree(path), rows=rows if isinstance(rows, int) else None)


def dump(resolved: dict[str, Reference]) -> dict[str, object]:
    return {field: asdict(reference) for field, reference in resolved.items()}


def load(value: object) -> dict[str, Reference]:
    """Read references back from `inputs.json`."""
    if not isinstance(value, dict):
        return {}
    return {field: Reference(**json.loads(json.dumps(item))) for field, item in value.items()}


def _unknown(workspace: Workspace, refers: str, given: str) -> InputError:
    noun = _NOUNS[refers]
    listed = ", ".join(names_of(workspace, refers))
    names = Text(listed, listed) if listed else Text("none", "无")
    message = Text(
        f"there is no {noun.en} '{given}' here (there are: {names.en}).",
        f"这里没有{noun.zh}“{given}”（现有：{names.zh}）。",
    )
    if refers in _MODELS:
        id = given if "/" in given or given == _COMES_ALONG[refers] else "OWNER/NAME"
        hint = Text(
            f"Fetch a model on Home, or with `python -m studio models fetch {id}`, or give a model folder's path.",
            f"请在首页获取模型，或运行 `python -m studio models fetch {id}`，也可填写模型文件夹的路径。",
        )
    else:
        hint = _first_make(next(iter(KINDS.makers(refers))))
    return InputError(message, hint)


def _first_make(kind: str) -> Text:
    """Return what to do where nothing of a sort is here by that name: run a kind that makes it."""
    introduction = KINDS.load(kind).introduction
    if introduction is None:
        return Text(
            f"Make it first with a `kind: {kind}` recipe of that name.", f"请先用同名的 `kind: {kind}` 配方生成它。"
        )
    tab = introduction.title
    return Text(
        f"Make it first on the {tab.en} tab, or with a `kind: {kind}` recipe of that name.",
        f"请先在“{tab.zh}”页生成它，或使用同名的 `kind: {kind}` 配方。",
    )
