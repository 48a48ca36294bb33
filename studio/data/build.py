"""Building a dataset: every raw row is taken, or left out with a reason and its line.

Rows are read, converted and spooled to the disk one by one (`harvest`); when all are read, it is decided which give way,
and the spool is dealt out to the dataset's files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import numpy as np

from studio.core.errors import InputError
from studio.core.files import building
from studio.core.option import called
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.card import DatasetAbout, SplitAbout, write_about
from studio.data.cleaning import FINDINGS_FILE, Cleaner, Findings
from studio.data.dataset_folder import BY_SHARES, LEFT_OUT_FILE, SPLITS
from studio.data.dealing import Dealt, deal
from studio.data.deduplicate import Deduplicator
from studio.data.harvest import Harvest
from studio.data.identity_card import extend_cards
from studio.data.leaks.probes import Probes
from studio.data.ledger import BEYOND, DROPPED, LEFT_OUT, MERGED, REJECTED, TAKEN
from studio.data.mixture import mixture_of
from studio.data.near_file import near_duplicates, write_near
from studio.data.recipe import BY_ANSWER, DatasetRecipe
from studio.data.records.base import RowOrigin
from studio.data.row_view import BadRow
from studio.data.spool import Spool
from studio.data.test_sets import GivenAway, given_away

_BETWEEN_CHECKS = 10_000


def build(
    recipe: DatasetRecipe,
    files: Sequence[Path],
    folder: Path,
    report: Reporter,
    seconds: Mapping[int, Path] | None = None,
    workbooks: Mapping[int, Path] | None = None,
    leaks: Path | None = None,
    tests: Sequence[Probes] = (),
) -> dict[str, float]:
    """Convert, validate, de-duplicate and split raw files.

    A question that stands in several rows of a part is taken once (the first); the others are merged with it. A
    question of the test part is in no other, whatever its width, punctuation or options, and no family of rows (a case,
    near duplicates, what a column names) is in two parts. With a limit, what is taken of each file is a sample of what
    could be.

    Args:
        recipe: says how each file is read, and which part its rows go to.
        files: where the recipe's sources lie, one a source.
        folder: the dataset's, written whole or not at all.
        report: told how far it is, and asks to stop.
        seconds: where the second files of the sources lie that are joined, by the source's number.
        workbooks: where the corrected workbooks of the sources lie, by the source's number.
        leaks: where the leak report lies whose rows the recipe leaves out.
        tests: the recipe's test sets.

    Returns:
        `rows` taken, what became of the others, and the rows of each part.

    Raises:
        InputError: a file cannot be read, no layout fits it, the shares are more than the whole, no row is good, or none
            is left for training though some were meant for it.
        StudioError: the ledger does not balance.
        Stopped: somebody asked; nothing is written.
    """
    recipe.require_consistent()
    with (
        building(folder) as scratch,
        (scratch / FINDINGS_FILE).open("wb") as found,
        Spool(scratch / ".rows") as spool,
        Spool(scratch / ".texts") as texts,
    ):
        names = names_of([source.file for source in recipe.sources])
        harvest = Harvest(
            recipe,
            names,
            spool,
            report,
            texts if recipe.near_duplicates != "off" else None,
            mixture_of(recipe, files, seconds or {}),
            seconds=seconds or {},
            workbooks=workbooks or {},
            findings=Findings(Cleaner(recipe.clean), found),
        )
        if recipe.without is not None and leaks is not None:
            harvest.without = recipe.without.rows(leaks)
        for number, file in enumerate(files):
            report.stage("read", Text(f"Reading {file.name}", f"读取 {file.name}"))
            harvest.take(number, file)
        return _deal(harvest, scratch, report, tests)


def names_of(files: Sequence[str]) -> list[str]:
    """Return what people call the files: by their names, or as the recipe does where several have one.

    >>> names_of(["uploads/1/a.csv", "uploads/2/a.csv", "b.csv"])
    ['uploads/1/a.csv', 'uploads/2/a.csv', 'b.csv']
    """
    given = Counter(Path(file).name for file in files)
    return [Path(file).name if given[Path(file).name] == 1 else file for file in files]


def _deal(harvest: Harvest, folder: Path, report: Reporter, tests: Sequence[Probes]) -> dict[str, float]:
    """Write what was read into the dataset's files, but for what gives way, and return the counts."""
    recipe, ledger, rows = harvest.recipe, harvest.ledger, harvest.deduplicator
    record = rows.record
    if record is None:
        raise _nothing_good(harvest)
    _require_named(harvest)
    pairs, templates = near_duplicates(harvest, report)
    given = given_away(harvest, tests, report)
    dealt = deal(recipe, rows, harvest.families, harvest.strata, pairs, given.dropped if given else None)
    forms: dict[str, Counter[str]] = {split: Counter() for split in SPLITS}
    for number in np.flatnonzero(dealt.taken()).tolist():
        forms[dealt.part(number)][harvest.forms[number]] += 1
    counts = {split: held.total() for split, held in forms.items()}
    notes = [*_require_parts(harvest, counts, dealt), *dealt.notes, *([_templates(templates)] if templates else ())]
    spread = harvest.letters.spread(dealt.taken())
    if spread is not None and spread.is_far_from_even:
        notes.append(spread.note)
    _require_rungs(recipe.ladder, counts["train"])
    report.stage("write", Text("Writing the dataset", "写出数据集"))
    written = _write(harvest, folder, dealt, given, report)
    notes += harvest.missed()
    ledger.require_balanced(written)
    for source, account in zip(harvest.sources, ledger.files, strict=True):
        source.update(account.dump())
    split = SplitAbout(
        seed=recipe.seed,
        by=recipe.family,
        stratify=recipe.stratify,
        families=dealt.dump_families(),
        near={**write_near(harvest, dealt, folder), "templates": templates} if harvest.texts is not None else {},
        ladder=recipe.ladder,
    )
    findings = harvest.findings
    write_about(
        folder,
        DatasetAbout(
            recipe.name,
            record,
            forms,
            harvest.names,
            harvest.sources,
            ledger,
            notes,
            split=split,
            checks=findings.dump(),
            letters=spread,
            leaks=given.dump() if given else None,
        ),
    )
    extend_cards(folder, record, sum(counts.values()))
    if given is not None:
        given.write(harvest, folder)
    total = ledger.totals()
    for note in (*(given.tally.notices() if given else ()), *notes):
        report.notice(note)
    report.notice(_summary(counts, total.outcomes, findings.fixed, given))
    outcomes = {name: float(total.outcomes[name]) for name in (*LEFT_OUT, BEYOND)}
    if any(source.corrections for source in recipe.sources):
        outcomes["corrected"] = float(harvest.corrected)
        told = harvest.corrected
        report.notice(Text(f"Rows corrected by hand: {told:,}", f"人工修改 {told:,} 行"))
    leaking = {"leaking": len(given.placed)} if given else {}
    counted = {"fixed": findings.fixed, **leaking, **counts}
    return {"rows": float(written), "read": float(total.read), **outcomes, **{k: float(n) for k, n in counted.items()}}


def _write(harvest: Harvest, folder: Path, dealt: Dealt, given: GivenAway | None, report: Reporter) -> int:
    """Deal the spool out to the files, and return how many rows are in the dataset."""
    ledger, rows = harvest.ledger, harvest.deduplicator
    also = rows.also(dealt.merged)
    number, total = -1, len(harvest.spool)
    written: Counter[str] = Counter()
    with ExitStack() as open_files:
        parts = {split: open_files.enter_context((folder / f"{split}.jsonl").open("wb")) for split in SPLITS}
        left = open_files.enter_context((folder / LEFT_OUT_FILE).open("wb"))
        for done, line in enumerate(harvest.spool):
            if done % _BETWEEN_CHECKS == 0:
                report.check_stop()
                report.progress(done, total, "rows")
            if line.startswith(b"-"):
                left.write(line[1:] + b"\n")
                continue
            number += 1
            file = rows.files[number]
            if number in dealt.beyond:
                ledger.files[file].outcomes[BEYOND] += 1
                continue
            record, _, raw = line.partition(b"\t")
            outcome, bad = _gives_way(number, rows, dealt)
            if bad is not None:
                left.write(harvest.left_out(rows.stands(number), outcome, bad, raw, outcome == DROPPED) + b"\n")
                continue
            record = record[1:]
            if number in also:
                record = _with_origins(record, also[number])
            part = dealt.part(number)
            parts[part].write(record + b"\n")
            ledger.files[file].outcomes[TAKEN] += 1
            written[part] += 1
            if given is not None:
                given.place(number, part, written[part])
    report.progress(total, total, "rows")
    return written.total()


def _gives_way(number: int, rows: Deduplicator, dealt: Dealt) -> tuple[str, BadRow | None]:
    """Return what becomes of a row that gives way to another, and why; None where it does not."""
    if number in dealt.dropped:
        return DROPPED, dealt.dropped[number]
    if number in dealt.leaks:
        holder = dealt.leaks[number]
        return REJECTED, rows.leak_reason(number, holder, dealt.part(holder))
    if number in dealt.merged:
        return MERGED, rows.merged_reason(dealt.merged[number])
    return TAKEN, None


def _with_origins(record: bytes, origins: Sequence[RowOrigin]) -> bytes:
    """Return a row's record with the places of those that were merged with it."""
    values = msgspec.json.decode(record)
    values["also"] = [*values.get("also", ()), *(origin.model_dump() for origin in origins)]
    return msgspec.json.encode(values)


def _require_named(harvest: Harvest) -> None:
    """Raise InputError where no row has the column or label that the recipe splits by."""
    recipe = harvest.recipe
    for name, given in (("family", recipe.family), ("stratify", recipe.stratify)):
        by_answer = name == "stratify" and given == BY_ANSWER and any(harvest.strata)
        if given and given not in harvest.named and not by_answer:
            there = ", ".join(sorted(harvest.columns))
            raise InputError(
                Text(
                    f"{called(DatasetRecipe, name).en}: no row has '{given}' among its columns or labels",
                    f"{called(DatasetRecipe, name).zh}：没有任何一行有名为“{given}”的列或标签",
                ),
                Text(f"There are: {there}.", f"现有：{there}。"),
            )


def _require_rungs(ladder: Sequence[int], rows: int) -> None:
    """Raise InputError where a subset of the training part is to be larger than the part."""
    if ladder and ladder[-1] > rows:
        title = called(DatasetRecipe, "ladder")
        raise InputError(
            Text(
                f"{title.en}: {ladder[-1]:,} rows are asked for, and the training split has {rows:,}",
                f"{title.zh}：要 {ladder[-1]:,} 行，而训练集只有 {rows:,} 行",
            ),
            Text(
                f"Ask for {rows:,} at most, lower the shares of validation and test, or add rows.",
                f"最多可填 {rows:,}；也可以调低验证集和测试集的比例，或增加数据。",
            ),
        )


def _templates(rows: int) -> Text:
    return Text(
        f"{rows:,} rows are so much alike that a template must have made them; they are not kept together",
        f"有 {rows:,} 行高度相似，应是按模板生成的，未作为一组处理",
    )


def _require_parts(harvest: Harvest, counts: Mapping[str, int], dealt: Dealt) -> list[Text]:
    """Return what is to be said of parts that are empty though rows were meant for them.

    Raises:
        InputError: the training part is.
    """
    recipe = harvest.recipe
    rest = 1 - sum(share for share in (recipe.val, recipe.test) if share < 1)
    shares = {"train": rest, "val": recipe.val, "test": recipe.test}
    by_shares = any(source.split == BY_SHARES for source in recipe.sources)
    lost = Counter(dealt.part(number) for number in dealt.leaks)
    notes: list[Text] = []
    for split, title in SPLITS.items():
        meant = any(source.split == split for source in recipe.sources) or (by_shares and shares[split] > 1e-9)
        if counts[split] or not meant:
            continue
        en, zh = title.en.lower(), title.zh
        if split == "train" and dealt.dropped and not lost[split]:
            count = len(dealt.dropped)
            raise InputError(
                Text(
                    f"the training split is empty: {count:,} rows give questions of the test sets away and were left out",
                    f"训练集为空：有 {count:,} 行泄漏了测试集的题目，已全部去除",
                ),
                Text(
                    "Is a test set the training data itself? Name another one, or say leaks: report.",
                    "测试集会不会就是训练数据本身？请换一个测试集，或写 leaks: report。",
                ),
            )
        if lost[split]:
            why = Text(
                f"all {lost[split]} of its rows ask what rows of a stronger split ask (test before validation before "
                "training), or are of one family with them, and gave way to them",
                f"它的 {lost[split]} 行与优先级更高的数据划分（测试集优先于验证集，验证集优先于训练集）题目相同或属于同一组，"
                "已全部让出",
            )
        else:
            others = Text(
                ", ".join(f"{other} {count}" for other, count in counts.items() if count),
                "、".join(f"{SPLITS[other].zh} {count} 行" for other, count in counts.items() if count),
            )
            why = Text(f"all rows went elsewhere ({others.en})", f"所有行都划到了别处（{others.zh}）")
        said = Text(f"the {en} split is empty: {why.en}", f"{zh}为空：{why.zh}")
        if split == "train":
            raise InputError(
                said,
                Text(
                    "Add rows, lower the shares of validation and test, or send another file to training.",
                    "请增加数据，调低验证集和测试集的比例，或把其他文件划到训练集。",
                ),
            )
        notes.append(said)
    return notes


def _nothing_good(harvest: Harvest) -> InputError:
    worst = harvest.findings.worst()
    total = harvest.ledger.totals()
    if worst is not None and harvest.findings.dropped * 2 > total.read:
        check, counted = worst
        sample = counted.samples[0]
        return InputError(
            Text(
                f"the check '{check.title.en}' drops {counted.dropped:,} of {total.read:,} rows, and none is left",
                f"检查项“{check.title.zh}”丢弃了 {total.read:,} 行中的 {counted.dropped:,} 行，没有剩下任何数据",
            ),
            Text(
                "Look at what it finds, and let it count only (`clean: {…: count}`), or mend the file.",
                "请查看它发现了什么，并改为仅统计（`clean: {…: count}`），或修正文件。",
            ),
            f"{sample['file']} line {sample['line']}",
        )
    where, reason = harvest.ledger.first or ("", Text("", ""))
    count = total.read
    return InputError(
        Text(
            f"none of {count} rows can be used; the first: {reason.en}",
            f"{count} 行中没有一行可用；第一行的原因：{reason.zh}",
        ),
        Text("Choose the layout that fits, or mend the file.", "请选择合适的格式，或修正文件。"),
        where,
    )


def _summary(
    counts: Mapping[str, int], outcomes: Mapping[str, int], fixed: int, given: GivenAway | None = None
) -> Text:
    """Return the whole in a sentence: what was taken, what became of the rest, and what it gives away."""
    splits_en = ", ".join(f"{SPLITS[split].en.lower()} {count:,}" for split, count in counts.items())
    splits_zh = "、".join(f"{SPLITS[split].zh} {count:,}" for split, count in counts.items())
    en = [f"Rows taken: {sum(counts.values()):,} ({splits_en})", f"rejected: {outcomes[REJECTED]:,}"]
    zh = [f"采用 {sum(counts.values()):,} 行（{splits_zh}）", f"剔除 {outcomes[REJECTED]:,} 行"]
    for name, said_en, said_zh in (
        ("merged", "merged with an earlier row", "与前面的行重复"),
        ("dropped", "dropped by rule", "按规则丢弃"),
        ("beyond", "beyond the limit", "超出上限"),
    ):
        if outcomes[name]:
            en.append(f"{said_en}: {outcomes[name]:,}")
            zh.append(f"{said_zh} {outcomes[name]:,} 行")
    if fixed:
        en.append(f"fixed: {fixed:,}")
        zh.append(f"修正 {fixed:,} 行")
    if given is not None:
        told = given.said()
        en.append(told.en)
        zh.append(told.zh)
    return Text("; ".join(en), "，".join(zh))
