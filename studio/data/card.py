"""What stands beside a dataset's rows: `dataset.json` for programs, and a card in each language for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from studio.core.files import write_json
from studio.core.text import Language, Text, counted
from studio.data.answer_letters import LetterSpread
from studio.data.cells import columns_told
from studio.data.checks import CHECKS
from studio.data.checks.base import ACTIONS
from studio.data.cleaning import FINDINGS_FILE
from studio.data.dataset_folder import ABOUT, LEFT_OUT_FILE, PLACES, SPLITS
from studio.data.layouts import LAYOUTS
from studio.data.leaks.leak import SORTS
from studio.data.ledger import LEFT_OUT, OUTCOMES, Account, Ledger
from studio.data.records.base import Row
from studio.data.roles import title_of

CARDS: dict[str, Language] = {"card.md": "en", "card.zh.md": "zh"}


@dataclass(frozen=True)
class SplitAbout:
    """How the rows were split.

    Args:
        by: the column whose rows stay together.
        stratify: the label whose values the parts hold in the same shares.
        families: how many there are of several rows, their rows, and the rows of the largest.
        near: how many clusters of near duplicates there are, and their texts; rows merged; rows of templates.
        ladder: the subsets of the training part, by their rows.
    """

    seed: int
    by: str = ""
    stratify: str = ""
    families: Mapping[str, int] = field(default_factory=dict)
    near: Mapping[str, int] = field(default_factory=dict)
    ladder: Sequence[int] = ()

    def dump(self) -> dict[str, object]:
        """Return it as `dataset.json` holds it."""
        return {**asdict(self), "ladder": list(self.ladder)}


@dataclass(frozen=True)
class DatasetAbout:
    """What a dataset holds, and how it came about.

    Args:
        record: the class of its rows.
        forms: how many rows of each form stand in each part.
        names: what people call each file.
        sources: what was found out about each file, its account among it.
        ledger: what became of all rows.
        notes: what is to be said of the dataset.
        checks: what each check found in the rows that were read, and what was done.
        letters: how the right answers of multiple-choice rows are spread over the letters.
        split: how the rows were split.
        leaks: what was found of the test sets, as `GivenAway.dump` returns it; None where there are none.
    """

    name: str
    record: type[Row]
    forms: Mapping[str, Mapping[str, int]]
    names: Sequence[str]
    sources: Sequence[Mapping[str, object]]
    ledger: Ledger
    notes: Sequence[Text] = ()
    checks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    letters: LetterSpread | None = None
    split: SplitAbout | None = None
    leaks: Mapping[str, Any] | None = None


def write_about(folder: Path, contents: DatasetAbout) -> None:
    """Write `dataset.json` and the card in each language into a folder."""
    total = contents.ledger.totals()
    splits = {split: sum(held.values()) for split, held in contents.forms.items()}
    write_json(
        folder / ABOUT,
        {
            "name": contents.name,
            "record": contents.record.record,
            "rows": sum(splits.values()),
            "splits": splits,
            "rejected": sum(total.outcomes[name] for name in LEFT_OUT),  # the lines of the file of those left out
            "reasons": contents.ledger.dump_reasons(),
            "ledger": total.dump(),
            "checks": dict(contents.checks),
            **({"answer_letters": contents.letters.dump()} if contents.letters is not None else {}),
            **({"split": contents.split.dump()} if contents.split else {}),
            **({"leaks": dict(contents.leaks)} if contents.leaks is not None else {}),
            "notes": [note.dump() for note in contents.notes],
            "sources": list(contents.sources),
        },
    )
    for file, language in CARDS.items():
        (folder / file).write_text(card(contents, language), encoding="utf-8")


def card(contents: DatasetAbout, language: Language) -> str:
    """Return the data card: the ledger first, then the parts, how each file was read, and why rows were left out."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    lines = [f"# {contents.name}", "", *_ledger(contents, language), ""]
    if contents.notes:
        lines += [*(f"- {note.to(language)}" for note in contents.notes), ""]
    lines += [say("## Splits", "## 数据划分"), "", *_parts(contents, language), ""]
    if contents.split:
        lines += [*(f"- {_cell(told.to(language))}" for told in split_facts(contents.split.dump())), ""]
    lines += [say("## How it was read", "## 读取方式"), "", *_reading(contents, language), ""]
    lines.append(
        say(
            f"The full path and the SHA-256 of each file are in `{ABOUT}`.",
            f"各文件的完整路径和 SHA-256 校验值见 `{ABOUT}`。",
        )
    )
    lines += _origins(contents, language)
    lines += _corrections(contents, language)
    of_files = list(zip(contents.names, contents.sources, strict=True))
    same = [(file, item["same"]) for file, item in of_files if item.get("same")]
    if same:
        lines += ["", say("## Fields that mean the same", "## 含义相同的字段"), ""]
        lines += [say("Of fields that mean the same, one is read.", "含义相同的字段只读取其中一个。"), ""]
        lines += [f"- {_cell(file)}{say(': ', '：')}{_instead(fields, language)}" for file, fields in same]
    left = [(file, item["unused"]) for file, item in of_files if item.get("unused")]
    if left:
        lines += ["", say("## Fields not used", "## 未使用的字段"), ""]
        lines += [
            say("These fields hold something that did not go into the dataset.", "这些字段有内容，但没有进入数据集。"),
            "",
        ]
        lines += [f"- {_cell(file)}{say(': ', '：')}{_fields(fields)}" for file, fields in left]
    lines += ["", say("## What the checks found", "## 数据检查"), "", *_checks(contents, language)]
    lines += _leaks(contents.leaks, language) if contents.leaks is not None else []
    lines += ["", say("## Rows left out", "## 未采用的行"), "", *_left_out(contents.ledger, language), ""]
    return "\n".join(lines)


def _ledger(contents: DatasetAbout, language: Language) -> list[str]:
    """Return what became of each file's rows, and of all."""
    heads = [Text("File", "文件"), Text("Rows in the file", "文件行数"), Text("Read", "读取"), *OUTCOMES.values()]

    def figures(name: str, account: Account) -> list[object]:
        return [name, *account.dump().values()]

    rows = [figures(name, account) for name, account in zip(contents.names, contents.ledger.files, strict=True)]
    if len(rows) > 1:
        rows.append(figures("合计" if language == "zh" else "All", contents.ledger.totals()))
    return _table([head.to(language) for head in heads], rows)


def _parts(contents: DatasetAbout, language: Language) -> list[str]:
    forms = contents.record.forms
    heads = ["数据划分" if language == "zh" else "Split", *(title.to(language) for title in forms.values())]
    rows: list[list[object]] = [
        [
            SPLITS[split].to(language) if split in SPLITS else split,
            *(held.get(form, 0) for form in forms),
            sum(held.values()),
        ]
        for split, held in contents.forms.items()
    ]
    return _table([*heads, "合计" if language == "zh" else "All"], rows)


def split_facts(split: Mapping[str, Any]) -> Iterator[Text]:
    """Yield what is to be told of a split, as `dataset.json` holds it."""
    families, near, ladder = split.get("families") or {}, split.get("near") or {}, split.get("ladder") or ()
    if families.get("families"):
        yield Text(
            f"Families of several rows: {families['families']:,} with {families['rows']:,} rows, the largest of "
            f"{families['largest']:,}; each stands in one split.",
            f"多行的组：{families['families']:,} 组，共 {families['rows']:,} 行，最大的一组 {families['largest']:,} 行；"
            "同一组的行只在一个划分里。",
        )
    if near.get("clusters"):
        merged = near.get("merged", 0)
        yield Text(
            f"Near duplicates: {counted(near['texts'], 'question')} in {counted(near['clusters'], 'cluster')}"
            + (f"; {merged:,} rows were merged." if merged else "; all were kept, each cluster in one split."),
            f"近似重复：{near['texts']:,} 道题，分为 {near['clusters']:,} 簇"
            + (f"；合并了 {merged:,} 行。" if merged else "；全部保留，每簇只在一个划分里。"),
        )
    if split.get("by"):
        yield Text(f"Rows of one `{split['by']}` stay together.", f"`{split['by']}` 相同的行划到一起。")
    if split.get("stratify"):
        yield Text(f"Stratified by `{split['stratify']}`.", f"按 `{split['stratify']}` 分层。")
    if ladder:
        rungs = [f"{count:,}" for count in ladder]
        yield Text(
            f"Subsets of the training split, each part of the next: {' ⊂ '.join(rungs)} rows.",
            f"训练集的嵌套子集（行数）：{' ⊂ '.join(rungs)}。",
        )


def _reading(contents: DatasetAbout, language: Language) -> list[str]:
    """Return how each file was read: encoding, layouts by count, place, and what its columns were taken for."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    rows: list[list[object]] = []
    told: list[str] = []
    for name, item in zip(contents.names, contents.sources, strict=True):
        place = PLACES.get(str(item["split"]))
        rows.append(
            [
                name,
                str(item["encoding"]).upper(),
                _layouts(item, language),
                place.to(language) if place else item["split"],
            ]
        )
        columns = item.get("columns")
        if isinstance(columns, Mapping) and columns:
            taken = [
                f"`{_cell(column)}` → {_cell(title_of(str(role)).to(language))}" for column, role in columns.items()
            ]
            told.append(f"- {_cell(name)}{say(': ', '：')}{say(', ', '，').join(taken)}")
        if (base := item.get("answer_base")) is not None:
            told.append(
                f"- {_cell(name)}{say(f': answers that are numbers count from {base}', f'：答案是选项序号时，从 {base} 开始数')}"
            )
        notes = item.get("notes")
        begins = f"- {_cell(name)}{say(': ', '：')}"
        told += [
            f"{begins}{_cell(Text.load(note).to(language))}" for note in (notes if isinstance(notes, list) else ())
        ]
    heads = [say("File", "文件"), say("Encoding", "编码"), say("Layout", "格式"), say("Goes to", "划分到")]
    lines = _table(heads, rows, numbers=False)
    return [*lines, "", *told] if told else lines


def _checks(contents: DatasetAbout, language: Language) -> list[str]:
    """Return what was found and done by each check that found something."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    rows: list[list[object]] = []
    for name, found in contents.checks.items():
        check = CHECKS.find(name)
        if found["rows"] and check is not None:
            action = ACTIONS[found["action"]].to(language)
            rows.append([check.title.to(language), found["rows"], action, found["fixed"], found["dropped"]])
    if not rows:
        return [say("They found nothing.", "没有发现问题。")]
    rows.sort(key=lambda row: -int(str(row[1])))
    heads = [
        say("Check", "检查项"),
        say("Rows", "行数"),
        say("Action", "处理"),
        say("Fixed", "修正"),
        say("Dropped", "丢弃"),
    ]
    told = say(
        f"Of the rows that were read, before duplicates were merged; every finding is in `{FINDINGS_FILE}`.",
        f"按读取的行统计（合并重复之前）；每一条发现见 `{FINDINGS_FILE}`。",
    )
    return [*_table(heads, rows), "", told]


def _leaks(leaks: Mapping[str, Any], language: Language) -> list[str]:
    """Return how many questions of each test set were found in the rows, and what was done about those."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    tests = leaks["against"]
    met = [sort for sort in SORTS if any(test["sorts"].get(sort) for test in tests)]
    heads = [
        say("Test set", "测试集"),
        say("Questions", "题数"),
        say("Found", "查到"),
        *(SORTS[sort].to(language) for sort in met),
    ]
    rows = [
        [
            " · ".join(filter(None, (test["dataset"], SPLITS[test["split"]].to(language) if test["split"] in SPLITS else ""))),
            test["questions"],
            test["found"],
            *(test["sorts"].get(sort, 0) for sort in met),
        ]
        for test in tests
    ]  # fmt: skip
    told = say(
        f"Of {leaks['rows']:,} rows that were looked at, {leaks['dropped']:,} were left out for giving test questions away, and "
        f"{leaks['leaking']:,} that do are in the dataset.",
        f"检查了 {leaks['rows']:,} 行：因泄漏测试题去除 {leaks['dropped']:,} 行，数据集中仍有 {leaks['leaking']:,} 行泄漏测试题。",
    )
    return ["", say("## Test questions found", "## 泄漏的测试题"), "", *_table(heads, rows), "", told]


def _origins(contents: DatasetAbout, language: Language) -> list[str]:
    """Return where the files come from and what they may be used for, as far as anybody said."""
    told = [
        [name, item.get("origin") or "–", item.get("licence") or "–"]
        for name, item in zip(contents.names, contents.sources, strict=True)
        if item.get("origin") or item.get("licence")
    ]
    zh = language == "zh"
    heads = ["文件", "来源", "许可"] if zh else ["File", "Origin", "Licence"]
    title = "## 来源与许可" if zh else "## Origin and licence"
    if not told:
        nobody = (
            "没有填写数据来源和许可。" if zh else "Nobody said where the files come from, or what they may be used for."
        )
        return ["", title, "", nobody]
    return ["", title, "", *_table(heads, told, numbers=False)]


def _corrections(contents: DatasetAbout, language: Language) -> list[str]:
    """Return what people corrected in the workbooks of the files."""
    told: list[str] = []
    for name, item in zip(contents.names, contents.sources, strict=True):
        about = item.get("corrections")
        found = about.get("changed") if isinstance(about, Mapping) else None
        if not isinstance(found, Mapping):
            continue
        columns = columns_told(found.get("columns") or {}).to(language)
        rows = int(found.get("rows", 0))
        said = Text(f"{rows:,} rows were corrected by hand", f"人工修改了 {rows:,} 行").to(language)
        colon, ends = ("：", "。") if language == "zh" else (": ", ".")
        told.append(f"- {_cell(name)}{colon}{said}{f'{colon}{_cell(columns)}' if columns else ''}{ends}")
        left = [
            f"  - {title.to(language)}{colon}{found[key]:,}"
            for key, title in (
                ("added", Text("rows of the workbook that the dataset does not have", "工作簿中多出的行")),
                ("lost", Text("rows that the workbook does not have", "工作簿中缺少的行")),
                ("doubled", Text("rows that the workbook repeats", "工作簿中重复的行")),
            )
            if found.get(key)
        ]
        told += left
    title = "## 人工修改" if language == "zh" else "## Corrections"
    return ["", title, "", *told] if told else []


def _layouts(item: Mapping[str, object], language: Language) -> str:
    """Return the layouts that a file's rows have; where there are several, each with its count."""
    found = item.get("layouts")
    counted = found if isinstance(found, Mapping) and found else {str(item["layout"]): 0}

    def title(name: str) -> str:
        layout = LAYOUTS.find(name)
        return layout.title.to(language) if layout else name

    if len(counted) == 1:
        return title(next(iter(counted)))
    return ("、" if language == "zh" else ", ").join(f"{title(str(name))} {count}" for name, count in counted.items())


def _left_out(ledger: Ledger, language: Language) -> list[str]:
    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    if not ledger.reasons:
        return [say("None.", "无。")]
    rows: list[list[object]] = []
    for (outcome, reason), count in ledger.reasons.most_common():
        places = ledger.examples[outcome, reason]
        shown = f"{', '.join(places)}{' …' if count > len(places) else ''}"
        rows.append([OUTCOMES[outcome].to(language), reason.to(language), shown, count])
    heads = [say("Outcome", "去向"), say("Reason", "原因"), say("For example", "示例"), say("Rows", "行数")]
    closing = say(f"Every row with its reason is in `{LEFT_OUT_FILE}`.", f"每一行及其原因见 `{LEFT_OUT_FILE}`。")
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---:|"]
    return [*lines, *(_line(row) for row in rows), "", closing]


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: bool = True) -> list[str]:
    """Return a table; its first column is text, the others numbers or text."""
    rule = f"|---|{('---:|' if numbers else '---|') * (len(heads) - 1)}"
    return [_line(heads), rule, *(_line(row) for row in rows)]


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _instead(fields: object, language: Language) -> str:
    """Return fields that were left aside, each with the one that was read in its stead."""
    if not isinstance(fields, Mapping):
        return ""
    told = [
        Text(
            f"`{_cell(read)}` was read, `{_cell(key)}` was not needed",
            f"读取的是 `{_cell(read)}`，不需要 `{_cell(key)}`",
        )
        for key, read in fields.items()
    ]
    return ("；" if language == "zh" else "; ").join(text.to(language) for text in told)


def _fields(names: object) -> str:
    return ", ".join(f"`{_cell(name)}`" for name in names) if isinstance(names, list) else ""


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
