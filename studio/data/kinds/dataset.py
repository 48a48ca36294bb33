"""`kind: dataset`: raw question-answering files become validated, split rows and a data card."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from studio.core.errors import Fault, InputError
from studio.core.files import is_looked_through, is_name
from studio.core.sort import Sort
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.data.corrections import Corrections, corrected
from studio.data.counts import raw_rows_of
from studio.data.dataset_folder import KEPT, SPLITS
from studio.data.exporters import EXPORTERS
from studio.data.leaks.portion import EVERY
from studio.data.leaks.probes import Probes, probes_of, require_questions
from studio.data.openers.dataset import require_dataset
from studio.data.preview import preview, require_readable, understood_columns
from studio.data.raw import suffixes
from studio.data.recipe import DatasetRecipe
from studio.data.source_file import SourceFile
from studio.runs.forecast import Amount, Forecast, Pace
from studio.runs.job import Job, Outcome
from studio.runs.kind import Introduction, Kind, Measures, Product, Tile, Uploads
from studio.runs.references import Resolved
from studio.runs.store import RunStore

_CORRECTED = "corrected"
_SUFFIX = "-corrected"
_LONGEST_NAME = 50  # characters: the suffix has to fit behind it
_CARRIED = (
    *("clean", "near_duplicates", "similarity", "test_sets", "test_split", "leaks"),
    *("ladder", "seed", "thought", "exports"),
)
DATASET = Sort("dataset", Text("dataset", "数据集"), tuple(f"{split}.jsonl" for split in SPLITS))


def run(recipe: DatasetRecipe, job: Job) -> Outcome:
    """Convert, validate, de-duplicate and split; writes `dataset/`."""
    from studio.data.build import build
    from studio.data.test_sets import LEAKS_FOLDER

    files = [job.locate(f"sources.{index}.file") for index in range(len(recipe.sources))]
    seconds = {
        index: job.locate(f"sources.{index}.join.file") for index, source in enumerate(recipe.sources) if source.join
    }
    workbooks = {
        index: job.locate(f"sources.{index}.corrections.file")
        for index, source in enumerate(recipe.sources)
        if source.corrections
    }
    leaks = job.locate("without.leaks") if recipe.without else None
    folder = job.path / "dataset"
    tests = [
        probes_of(name, job.locate(f"test_sets.{number}"), recipe.test_split)
        for number, name in enumerate(recipe.test_sets)
    ]
    metrics = build(recipe, files, folder, job, seconds, workbooks, leaks, tests)
    _export(recipe, folder, job)
    outputs = {"dataset": "dataset", "card": "dataset/card.md"}
    if (folder / LEAKS_FOLDER).is_dir():
        outputs["leaks"] = f"dataset/{LEAKS_FOLDER}"
    return Outcome(outputs, metrics)


def _export(recipe: DatasetRecipe, folder: Path, job: Job) -> None:
    """Write the dataset in the formats that the recipe names; one that cannot show its rows is no reason to lose the rows."""
    from studio.data.export import export

    for chosen in recipe.exports:
        title = EXPORTERS.load(chosen.name).title
        job.stage("export", Text(f"Exporting: {title.en}", f"导出：{title.zh}"))
        try:
            notes = export(folder, chosen.name, folder / "exports" / chosen.name, job)
        except InputError as error:
            notes = [Text(f"not exported: {error.message.en}", f"没有导出：{error.message.zh}")]
        for note in notes:
            job.notice(note)


def check(recipe: DatasetRecipe, resolved: Resolved) -> list[Fault]:
    """Return a fault for each file that no rows can be read from, and for each test set that nothing can be tested by."""
    sources = enumerate(recipe.sources)
    return [
        *(fault for number, source in sources for fault in _check_source(number, source, resolved)),
        *_check_test_sets(recipe, resolved),
    ]


def _check_test_sets(recipe: DatasetRecipe, resolved: Resolved) -> Iterator[Fault]:
    """Yield a fault for a test set that is the very data models learn from, and for one without questions."""
    for number, name in enumerate(recipe.test_sets):
        field = f"test_sets.{number}"
        path = resolved.ready(field)
        if path is None:
            continue
        probes = probes_of(name, path, recipe.test_split)
        if any(_is_learned(index, source, probes, path, resolved) for index, source in enumerate(recipe.sources)):
            yield Fault(field, _itself(name))
        yield from resolved.check(field, partial(require_questions, name=name, split=recipe.test_split))


def _is_learned(number: int, source: SourceFile, probes: Probes, path: Path, resolved: Resolved) -> bool:
    """Tell whether a source's rows that a model may learn from are those of a test set."""
    file = resolved.ready(f"sources.{number}.file")
    if file is None or source.split == "test":
        return False
    splits = SPLITS if probes.split == EVERY else (probes.split,)
    if file.resolve() == path.resolve():
        return source.split != KEPT or any(split != "test" for split in splits)
    return file.resolve() in {(path / f"{split}.jsonl").resolve() for split in splits}


def _itself(name: str) -> Text:
    return Text(
        f"'{name}' is among the files that models learn from: every question would be found. Name another test set, or "
        "send that file to Test",
        f"“{name}”本身就是用来训练的文件，每道题都会被查到。请换一个测试集，或把该文件划到测试集",
    )


def _check_source(number: int, source: SourceFile, resolved: Resolved) -> list[Fault]:
    second = resolved.ready(f"sources.{number}.join.file")
    if source.join is not None and second is None:
        return []  # it is told already that there is no such file
    file, workbook = resolved.ready(f"sources.{number}.file"), resolved.ready(f"sources.{number}.corrections.file")
    if source.split == KEPT and file is not None:
        faults = resolved.check(f"sources.{number}.file", require_dataset)
        if faults:
            return faults
    if source.corrections is not None and file is not None and workbook is not None:
        compare = partial(_corrected, file, source.corrections)
        faults = resolved.check(f"sources.{number}.corrections.file", compare)
        if faults:
            return faults
    conversion, reading = source.conversion(), source.reading
    look = partial(require_readable, conversion=conversion, reading=reading, second=second, join=source.join)
    return resolved.check(f"sources.{number}.file", look)


def _corrected(dataset: Path, how: Corrections, workbook: Path) -> None:
    """Raise InputError where a workbook cannot be read back; a very large one is left to the run."""
    if is_looked_through(workbook) and is_looked_through(dataset):
        corrected(dataset, workbook, how)


def settled(recipe: DatasetRecipe, resolved: Resolved) -> DatasetRecipe:
    """Write down what the columns of each file are taken for; the layout stays with each row."""
    sources = []
    for number, source in enumerate(recipe.sources):
        path = resolved.ready(f"sources.{number}.file")
        second = resolved.ready(f"sources.{number}.join.file")
        columns = understood_columns(path, source, second) if path is not None else source.columns
        sources.append(source.model_copy(update={"columns": columns}))
    return recipe.model_copy(update={"sources": sources})


def forecast(recipe: DatasetRecipe, resolved: Resolved) -> Forecast:
    """Foresee the files and their rows; how many of them can be used, the run alone tells."""
    files = [resolved.ready(f"sources.{number}.file") for number in range(len(recipe.sources))]
    joined = any(source.join for source in recipe.sources)  # how many rows that gives, the keys alone tell
    counts = [raw_rows_of(file) for file in files if file is not None and not joined]
    amounts = [Amount(len(files), Text("files", "个文件"))]
    known = [count for count in counts if count is not None]
    if len(known) < len(files):
        return Forecast(tuple(amounts))
    return Forecast((*amounts, Amount(sum(known), Text("rows", "行数据"))), work=float(sum(known)))


def _alike(recipe: DatasetRecipe, resolved: Resolved) -> Hashable:
    """Return whether test questions are looked for; every layout is as fast as another, or nearly."""
    return bool(recipe.test_sets)


def _offered(workspace: Workspace) -> Mapping[str, Any]:
    return {"name": "my-dataset"}


def corrected_again(run: str, upload: str) -> str:
    """Return what a link says to open the form on a dataset with a corrected workbook that was uploaded."""
    return f"{_CORRECTED}:{run}/{upload}"


def _opened_corrected(workspace: Workspace, said: str) -> Mapping[str, Any]:
    """Return the recipe of a dataset that is made anew with a corrected workbook: its rows stay in their splits, and what
    its own recipe says of checks, test sets, subsets and exports holds again."""
    run, _, upload = said.partition("/")
    entry = RunStore(workspace).entry(run)
    folder = entry.output("dataset") if entry is not None else None
    workbooks = sorted((workspace.uploads / upload).glob("*.xlsx")) if is_name(upload) else []
    if entry is None or folder is None or not workbooks:
        return {}
    source = {
        "file": workspace.relative(folder).as_posix(),
        "split": KEPT,
        "corrections": {"file": workspace.relative(workbooks[0]).as_posix()},
    }
    carried = {name: value for name, value in entry.run.recipe_values().items() if name in _CARRIED}
    return {**carried, "name": f"{entry.name.removesuffix(_SUFFIX)[:_LONGEST_NAME]}{_SUFFIX}", "sources": [source]}


def _preview(path: Path, source: SourceFile | None) -> Text:
    return preview(path, source.conversion(), source.reading) if source else preview(path)


KIND = Kind(
    DatasetRecipe,
    run,
    Text("Dataset", "数据集"),
    heavy=False,
    check=check,
    settled=settled,
    forecast=forecast,
    pace=Pace("rows", _alike),
    makes=(Product(DATASET, "dataset"),),
    measures=Measures(
        metrics={
            "rows": Text("rows", "行数"),
            "read": Text("rows read", "读取行数"),
            "rejected": Text("rejected", "剔除"),
            "merged": Text("duplicates merged", "重复合并"),
            "dropped": Text("dropped by rule", "按规则丢弃"),
            "fixed": Text("fixed", "修正"),
            "beyond": Text("beyond the limit", "超出上限"),
            "leaking": Text("rows that leak", "有泄漏的行"),
            "corrected": Text("corrected by hand", "人工修改"),
            **{split: Text(title.en.lower(), title.zh) for split, title in SPLITS.items()},
        },
        units={"rows": Text("rows", "行")},
    ),
    introduction=Introduction(
        tab="data",
        order=20,
        title=Text("Data", "数据"),
        summary=Text("raw files become checked, split questions", "把原始文件整理成校验、划分好的题目"),
        intro=Text(
            "Upload raw question files. They are checked, de-duplicated and split into train, validation and test sets, "
            "with a data card. Unreadable rows are listed with the reason, and so are those that give test questions away.",
            "上传原始题目文件，系统会校验、去重并划分为训练、验证、测试集，附数据卡片。无法读取的行、泄漏测试题的行都会列出原因。",
        ),
        offered=_offered,
        opened={_CORRECTED: _opened_corrected},
        uploads=Uploads("sources", suffixes, _preview),
        tile=Tile(10, Text("Datasets", "数据集"), Text("Create from your files", "用自己的文件新建")),
    ),
)
