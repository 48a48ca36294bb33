"""What the names in a recipe stand for: found once, and pinned when the run is submitted."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from studio.core import sealed
from studio.core.errors import Fault, InputError, RecipeError
from studio.core.files import is_name, read_json, require_file, sha256_tree
from studio.core.option import OR_FILE, references, written_references
from studio.core.recipe import Recipe
from studio.core.remote import bring, is_remote, place_of, revision_of
from studio.core.reporter import Reporter
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.names import names_of
from studio.runs.store import RunStore


@dataclass(frozen=True)
class Reference:
    """One resolved reference: what was written, and what it meant when the run was made.

    Args:
        path: relative to the workspace where it lies inside it, so that a copied workspace still resolves.
        run: the run that made it; empty where none did.
        sha256: of its content: as its maker wrote it down, else as it was when the work began.
        stamp: of a thing that no run made: tells whether it has changed since the run was submitted.
        coming: whether that run is still to finish; `path` is its directory until then.
        revision: of what is fetched from elsewhere; empty until it is.
    """

    given: str
    refers: str
    path: str
    run: str = ""
    sha256: str = ""
    rows: int | None = None
    stamp: str = ""
    coming: bool = False
    revision: str = ""

    @property
    def remote(self) -> bool:
        """Whether it names something that lies elsewhere, which a run fetches."""
        return self.refers == "file" and is_remote(self.given)

    def locate(self, workspace: Workspace) -> Path:
        """Return the absolute path."""
        return workspace.path(self.path)


def resolve(workspace: Workspace, refers: str, given: str, coming: bool = False) -> Reference:
    """Return what a reference means now: a name, then a path, then a hub id.

    Args:
        coming: whether it may mean what a run that is still to finish will make, where nothing else is meant.

    Raises:
        InputError: it means nothing, and says what there is; or a folder that is no such thing; or a file or a folder
            that may not be named here.
    """
    if refers.endswith(OR_FILE):
        return _thing_or_file(workspace, refers.removesuffix(OR_FILE), given, coming)
    if refers == "file" and is_remote(given):
        place = workspace.relative(place_of(workspace, given)).as_posix()
        return Reference(given, refers, place, revision=revision_of(workspace, given))
    path = workspace.path(given)
    if refers in ("file", "recipe"):
        workspace.require_open(path)
        if refers == "file" and path.is_dir():
            _require_part(workspace, path)
        else:
            require_file(path)
        return Reference(given, refers, workspace.relative(path).as_posix())
    sort = KINDS.sorts()[refers]
    made = _made(workspace, refers, given) or _variant(workspace, sort, given)
    folder = sort.shelf.find(workspace, given) if sort.shelf else None
    if made is not None:
        path, run, sha256 = made
        _require_sort(sort, path)
        return Reference(given, refers, workspace.relative(path).as_posix(), run, sha256)
    if folder is not None:
        path = folder
    elif coming and (maker := _to_be_made(workspace, refers, given)) is not None:
        return Reference(given, refers, workspace.relative(maker.path).as_posix(), maker.id, coming=True)
    else:
        workspace.require_open(
            path
        )  # a name means what lies on a shelf, wherever that is; a path is held to the rule of files
        if not path.is_dir() or given in ("", "."):
            raise _unknown(workspace, sort, given)
    _require_sort(sort, path)
    return Reference(given, refers, workspace.relative(path).as_posix())


def _thing_or_file(workspace: Workspace, sort: str, given: str, coming: bool) -> Reference:
    """Return what a name means, or else a file of that path. Raises InputError as `resolve`."""
    is_file = is_remote(given) or (not _named(workspace, sort, given) and workspace.path(given).is_file())
    if is_file:
        return resolve(workspace, "file", given)
    try:
        return resolve(workspace, sort, given, coming)
    except InputError as error:
        too = Text("A file can be named too, by its path.", "也可以填写文件的路径。")
        hint = Text(f"{error.hint.en} {too.en}", f"{error.hint.zh}{too.zh}") if error.hint else too
        raise InputError(error.message, hint, error.where) from error


def as_asked(workspace: Workspace, run: Run) -> Workspace:
    """Return the workspace as whoever made a run has it: what the page asked for stays within what the page may read,
    whoever looks its names up, and when."""
    roots = run.inputs().get("roots")
    return replace(workspace, roots=tuple(map(Path, roots)) if isinstance(roots, list) else None)


def _made(workspace: Workspace, refers: str, given: str) -> tuple[Path, str, str] | None:
    """Return what the newest finished run of that name made, the run's id, and the content's sum where it is known."""
    outputs = KINDS.makers(refers)
    for entry in _named(workspace, refers, given):
        path = entry.output(outputs[entry.kind])
        if path is not None:
            return path, entry.id, entry.sums.get(outputs[entry.kind], "")
    return None


def _named(workspace: Workspace, refers: str, given: str) -> list[Entry]:
    """Return the runs of a name that make things of a sort, newest first."""
    makers = KINDS.makers(refers)
    if not makers or not is_name(given):
        return []
    return [entry for entry in RunStore(workspace).entries(*makers) if given in (entry.name, entry.id)]


def bare(given: str) -> str:
    """Return the name in a reference, without what stands behind a colon: `NAME` of `NAME:best`."""
    name, _, variant = given.partition(":")
    return name if is_name(name) and is_name(variant) else given


def _variant(workspace: Workspace, sort: Sort, given: str) -> tuple[Path, str, str] | None:
    """Return what `NAME:best` means: of what a run holds beside what it made; the name may be a run's id.

    It is what the newest finished run of that name holds; where none has finished, the newest at all.

    Raises:
        InputError: that run holds others; says which.
    """
    name = bare(given)
    if name == given:
        return None
    makers = KINDS.makers(sort.name)
    named = (
        [entry for entry in RunStore(workspace).entries(*makers) if name in (entry.name, entry.id)] if makers else []
    )
    for entry in sorted(named, key=lambda entry: entry.ended_as != "finished"):
        held = KINDS.variants(entry.kind, sort.name, entry.path)
        found = held.get(given.removeprefix(f"{name}:"))
        if found is not None:
            return found.path, entry.id, found.sha256
        if held:
            raise _no_variant(given, name, held)
    return None


def _no_variant(given: str, name: str, held: Iterable[str]) -> InputError:
    listed = ", ".join(f"{name}:{variant}" for variant in held)
    best = Text("", "")
    if given.endswith(":best"):
        best = Text(
            "Which is the best is known once a validation has told.",
            "做过验证之后才知道哪个最优。",
        )
    return InputError(
        Text(f"there is no '{given}' here (there are: {listed}).", f"这里没有“{given}”（现有：{listed}）。"),
        best if best.en else None,
    )


def _to_be_made(workspace: Workspace, refers: str, given: str) -> Run | None:
    """Return the newest run of that name that is queued or running and will make such a thing.

    One that only waits for the next time of its `cron` is none: it may be the very run that asks.
    """
    named = (entry for entry in _named(workspace, refers, bare(given)) if entry.ended_as is None)
    active = (entry.run for entry in named if entry.run.active())
    return next((run for run in active if run.process() is not None or not run.ticket().repeats), None)


def settled(workspace: Workspace, reference: Reference) -> Reference:
    """Return a reference with the place of what its run has made by now.

    Raises:
        InputError: the run made no such thing.
    """
    if not reference.coming:
        return reference
    run = Run(workspace.runs / reference.run)
    if bare(reference.given) != reference.given:
        _, colon, variant = reference.given.partition(":")
        found = resolve(workspace, reference.refers, f"{run.id}{colon}{variant}")
        return replace(found, given=reference.given)
    key = KINDS.makers(reference.refers).get(run.kind, "")
    path, result = run.output(key), run.result()
    if path is None or result is None or result["status"] != "finished":
        raise InputError(
            Text(
                f"'{reference.given}' was to be made by {reference.run}, which made none",
                f"“{reference.given}”本应由 {reference.run} 生成，但它没有生成",
            )
        )
    place = workspace.relative(path).as_posix()
    return replace(reference, path=place, sha256=result["sha256"].get(key, ""), coming=False)


def fetched(workspace: Workspace, reference: Reference, report: Reporter) -> Reference:
    """Return a reference with the place of what it names, fetched where it lies elsewhere and is not here yet.

    Raises:
        StudioError: it cannot be had.
        Stopped: somebody asked.
    """
    if not reference.remote:
        return reference
    bring(workspace, reference.given, report)
    found = resolve(workspace, reference.refers, reference.given)
    return replace(reference, path=found.path, revision=found.revision)


def _require_part(workspace: Workspace, folder: Path) -> None:
    """Raise InputError for a folder that holds the whole workspace, what is made of it included."""
    if workspace.root.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            Text("this folder holds the whole workspace", "这个文件夹包含整个工作区"),
            Text("Give the folder of the files that are meant.", "请填写所需文件所在的文件夹。"),
            str(folder),
        )


def _require_sort(sort: Sort, folder: Path) -> None:
    """Raise InputError for a folder that is not of the sort that is wanted, or gone."""
    if not any((folder / name).is_file() for name in sort.holds):
        raise InputError(
            Text(
                f"this is no {sort.noun.en}: it has no {' or '.join(sort.holds)}",
                f"这不是{sort.noun.zh}：其中没有 {'、'.join(sort.holds)}",
            ),
            None,
            str(folder),
        )


@dataclass(frozen=True)
class Resolved:
    """What the names in a recipe mean, found once: what a check looked at is what the run is given.

    Args:
        references: by dotted field.
        faults: a fault for each name that means nothing.
    """

    workspace: Workspace
    references: Mapping[str, Reference]
    faults: tuple[Fault, ...] = ()

    def require(self) -> Mapping[str, Reference]:
        """Return the references, or raise RecipeError with every name that means nothing."""
        if self.faults:
            raise RecipeError(list(self.faults))
        return self.references

    def ready(self, field: str) -> Path | None:
        """Return the place that a field names; None where it names nothing, or something that is still to be made or
        fetched."""
        reference = self.references.get(field)
        if reference is None or reference.coming or (reference.remote and not reference.revision):
            return None
        return reference.locate(self.workspace)

    def check(self, field: str, check: Callable[[Path], object]) -> list[Fault]:
        """Return what a check says of the place that a field names; nothing where a name means nothing, which is told
        already, or something that is still to be made.

        Args:
            check: raises InputError where what lies there cannot be used.
        """
        path = self.ready(field)
        if path is None:
            return []
        try:
            check(path)
        except InputError as error:
            said, hint = error.message if error.where in ("", str(path)) else error.placed(), error.hint
            return [Fault(field, Text(f"{said.en}\n{hint.en}", f"{said.zh}\n{hint.zh}") if hint else said)]
        return []


def resolve_all(workspace: Workspace, recipe: Recipe) -> Resolved:
    """Return what every reference of a recipe means, by dotted field."""
    return _resolve_each(workspace, references(recipe))


def missing(workspace: Workspace, model: type[Recipe], values: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for every reference in a recipe's plain values that means nothing, whatever else is wrong there."""
    return list(_resolve_each(workspace, written_references(model, values)).faults)


def _resolve_each(workspace: Workspace, named: Iterable[tuple[str, str, str]]) -> Resolved:
    resolved, faults = {}, []
    for field, refers, given in named:
        try:
            resolved[field] = resolve(workspace, refers, given, coming=True)
        except InputError as error:
            faults.append(Fault(field, _one_text(error)))
    return Resolved(workspace, resolved, tuple(faults))


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
    if reference.coming:
        return reference.given
    path = reference.locate(workspace)
    known = names_of(workspace, reference.refers)
    run = path.parent.name if path.parent.parent == workspace.runs else ""
    for name in dict.fromkeys((reference.given, path.name, run.split("-", 3)[-1])):
        try:
            found = (name in known or bare(name) != name) and resolve(
                workspace, reference.refers, name
            ).path == reference.path
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
    """Return the reference with its content's sha256 and, where it has countable rows, their number.

    What a run made has been summed up by its maker, and stays as it is.
    """
    path = reference.locate(workspace)
    _require_sound(path)
    card = read_json(path / "dataset.json") if path.is_dir() else None
    rows = card.get("rows") if card else None
    if rows is None and path.suffix == ".jsonl":
        with path.open("rb") as stream:
            rows = sum(1 for line in stream if line.strip())
    known = reference.sha256 if reference.run else ""
    return replace(reference, sha256=known or sha256_tree(path), rows=rows if isinstance(rows, int) else None)


def _require_sound(path: Path) -> None:
    """Raise InputError where a thing lies in a sealed folder, as a checkpoint's model does, and is not as it was sealed."""
    harmed = sealed.damage(path.parent) if (path.parent / sealed.MANIFEST).is_file() else ""
    if harmed:
        raise InputError(
            Text(f"this was damaged since it was written: {harmed}", f"它在写入之后已损坏：{harmed}"),
            Text("Take another checkpoint.", "请换用其他检查点。"),
            str(path.parent),
        )


def stamped(workspace: Workspace, reference: Reference) -> Reference:
    """Return the reference as a run is submitted with it: what no run made bears the mark of its state now."""
    known = reference.coming or reference.remote or (reference.run and reference.sha256)
    return reference if known else replace(reference, stamp=stamp_of(reference.locate(workspace)))


def stamp_of(path: Path) -> str:
    """Return what tells whether a file, or any file of a folder, was changed: names, sizes and times, no content.

    What goes while it is looked at counts as gone.
    """
    told = []
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        with suppress(FileNotFoundError):
            state = file.stat()
            if stat.S_ISREG(state.st_mode):
                told.append(f"{file.relative_to(path)}\0{state.st_size}\0{state.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode(errors="surrogateescape")).hexdigest()[:16]


def dump(resolved: Mapping[str, Reference]) -> dict[str, object]:
    return {field: asdict(reference) for field, reference in resolved.items()}


def load(value: object) -> dict[str, Reference]:
    """Read references back from `inputs.json`; what a newer studio adds is passed over, and what is damaged left out."""
    items = value.items() if isinstance(value, dict) else ()
    known = {name.name for name in fields(Reference)}
    return {
        field: Reference(**{key: item[key] for key in item if key in known})
        for field, item in items
        if isinstance(item, dict) and {"given", "refers", "path"} <= item.keys()
    }


def load_later(inputs: Mapping[str, Any]) -> dict[str, Reference]:
    """Return what a resumed run went on with where that was not what it was submitted with, the latest of each."""
    later = inputs.get("later")
    found: dict[str, Reference] = {}
    for item in later if isinstance(later, list) else []:
        found |= load(item.get("references")) if isinstance(item, dict) else {}
    return found


def _unknown(workspace: Workspace, sort: Sort, given: str) -> InputError:
    listed = ", ".join(names_of(workspace, sort.name))
    names = Text(listed, listed) if listed else Text("none", "无")
    message = Text(
        f"there is no {sort.noun.en} '{given}' here (there are: {names.en}).",
        f"这里没有{sort.noun.zh}“{given}”（现有：{names.zh}）。",
    )
    hint = sort.shelf.absent(given) if sort.shelf else _first_make(next(iter(KINDS.makers(sort.name))))
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
