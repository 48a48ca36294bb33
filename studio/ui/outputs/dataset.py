"""A dataset: how many rows each part holds, and how many were left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from studio.core.errors import InputError
from studio.core.files import read_json
from studio.core.text import Text
from studio.data.card import split_facts
from studio.data.checks import CHECKS
from studio.data.dataset_folder import SPLITS
from studio.data.export import formats_of
from studio.data.exporters import EXPORTERS
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import coded, fill, join, table
from studio.ui.listings.rows import OUTCOMES, reason_name
from studio.ui.outputs.base import Output, next_steps


def show(context: Context, run: Run, path: Path) -> Markup:
    """Return the number of rows in each part and of those left out, each leading to its rows; the files to download."""
    about = read_json(path / "dataset.json") or {}
    splits = about.get("splits")
    parts = splits if isinstance(splits, dict) else {}
    names = {str(name): context.text(SPLITS[name]) if name in SPLITS else str(name) for name in parts}
    counts = join(_count(run, name, int(parts[name]), title) for name, title in names.items())
    rejected = about.get("rejected")
    if isinstance(rejected, int) and rejected:
        names["rejected"] = context.say("left out", "未采用")
        counts += _count(run, "rejected", rejected, names["rejected"], "bad")
    files = join(
        fill('<a href="{}file/{}/{}/{}.jsonl" download="{}-{}.jsonl">{}</a>',
             context.base, run.id, path.name, name, run.name, name, title)
        for name, title in names.items()
    )  # fmt: skip
    return fill(
        '<div class="output"><div class="counts">{}</div>{}<div class="next">{}</div>'
        '<div class="next"><span>{}</span>{}</div>{}</div>',
        counts,
        _split(context, run, about)
        + _left_out(context, run, about)
        + _found(context, run, about)
        + _ledger(context, about),
        next_steps(context, "dataset", run.name, run),
        context.say("Download", "下载"),
        files,
        _exports(context, run, path),
    )


def _exports(context: Context, run: Run, path: Path) -> Markup:
    """Return the formats that the dataset can be had in, and where a corrected workbook is given back."""
    try:
        formats = formats_of(path)
    except InputError:  # of a kind that is not known here; it is told where the rows are looked at
        return Markup()
    making = context.say("Preparing…", "正在生成…")
    written = context.say("{done} of {all} rows", "{done} / {all} 行")
    sent = context.say("{done} of {all}", "{done} / {all}")
    links = join(
        fill(
            '<a href="{}export/{}/{}?lang={}" download title="{}" data-busy="{}" data-written="{}" data-sent="{}">{}</a>',
            context.base, run.id, name, context.language, context.text(exporter.help), making, written, sent,
            context.text(exporter.title),
        )
        for name in formats
        if (exporter := EXPORTERS.find(name)) is not None
    )  # fmt: skip
    return fill(
        '<div class="next exports"><span>{}</span>{}</div><div class="next exports"><label class="act" title="{}">'
        '<span data-busy="{}">{}</span><input type="file" accept=".xlsx" data-back="corrections/{}"></label></div>',
        context.say("Export", "导出"),
        links,
        context.say(
            "The workbook that was exported from this dataset, with corrections: choose it, or drop it here. The form then shows what "
            "would change, and makes a new dataset of it.",
            "由这个数据集导出、经人工修改的工作簿：点击选择，或拖到这里。表单会先列出改动，再据此生成新的数据集。",
        ),
        context.say("Reading back…", "正在读回…"),
        context.say("Read back a corrected workbook", "读回修改后的工作簿"),
        run.id,
    )


def _count(run: Run, name: str, count: int, title: str, grade: str = "") -> Markup:
    """Return a number of rows, leading to them where there are any."""
    figure = fill("<b>{:,}</b><span>{}</span>", count, title)
    if not count:
        return fill('<span class="count {}">{}</span>', grade, figure)
    return fill('<a class="count {}" href="#rows={}?view={}">{}</a>', grade, run.id, name, figure)


def _split(context: Context, run: Run, about: Mapping[str, Any]) -> Markup:
    """Return how the rows were split: families, near duplicates, which lead to their clusters, and subsets."""
    split = about.get("split")
    if not isinstance(split, dict):
        return Markup()
    facts = join(fill("<li>{}</li>", coded(context.text(fact))) for fact in split_facts(split))
    near = split.get("near") or {}
    if near.get("clusters"):
        said = context.say("See the near duplicates side by side", "并排查看近似重复")
        facts += fill('<li><a href="#rows={}?view=near">{}</a></li>', run.id, said)
    if not facts:
        return Markup()
    return fill(
        '<details class="left-out"><summary>{}</summary><ul>{}</ul></details>',
        context.say("How it was split", "划分方式"),
        facts,
    )


def _left_out(context: Context, run: Run, about: Mapping[str, Any]) -> Markup:
    """Return why rows were left out, folded: each reason leads to its rows."""
    reasons = about.get("reasons")
    rows = [
        (fill('<a href="#rows={}?view=rejected&reason={}">{}</a>', run.id, quote(reason_name(item["kind"])), context.text(Text(**item["kind"]))), f"{item['rows']:,}")
        for item in (reasons if isinstance(reasons, list) else ())
    ]  # fmt: skip
    if not rows:
        return Markup()
    head = (context.say("Reason", "原因"), context.say("Rows", "行数"))
    return fill(
        '<details class="left-out"><summary>{}</summary>{}</details>',
        context.say("What was left out, and why", "未采用的行及原因"),
        table(head, rows, "reasons"),
    )


def _found(context: Context, run: Run, about: Mapping[str, Any]) -> Markup:
    """Return what each check found, folded, with what was done: each leads to its findings."""
    checks = about.get("checks")
    found = [
        (CHECKS.find(name), name, item)
        for name, item in (checks.items() if isinstance(checks, dict) else ())
        if isinstance(item, dict) and item.get("rows")
    ]
    rows = [
        (
            fill(
                '<a href="#findings={}?check={}">{}</a>',
                run.id,
                quote(name),
                context.text(check.title) if check else name,
            ),
            f"{item['rows']:,}",
            f"{item.get('fixed', 0):,}",
            f"{item.get('dropped', 0):,}",
        )
        for check, name, item in sorted(found, key=lambda each: -each[2]["rows"])
    ]
    if not rows:
        return Markup()
    head = (
        context.say("Check", "检查项"),
        context.say("Rows", "行数"),
        context.say("Fixed", "修正"),
        context.say("Dropped", "丢弃"),
    )
    return fill(
        '<details class="left-out"><summary>{}</summary>{}</details>',
        context.say("What the checks found", "数据检查结果"),
        table(head, rows, "reasons"),
    )


def _ledger(context: Context, about: Mapping[str, Any]) -> Markup:
    """Return what became of all rows that were read, a file a line; what became of none is left away."""
    total, sources = about.get("ledger"), about.get("sources")
    if not isinstance(total, dict) or not isinstance(sources, list):
        return Markup()
    counted = [name for name in OUTCOMES if total.get(name)]
    accounts = [(Path(str(source.get("file", ""))).name, source) for source in sources if isinstance(source, dict)]
    if len(accounts) > 1:
        accounts.append((context.say("All", "合计"), total))
    head = [context.say("File", "文件"), *(context.text(OUTCOMES[name]) for name in counted)]
    rows = [[name, *(f"{account.get(outcome, 0):,}" for outcome in counted)] for name, account in accounts]
    return fill(
        '<details class="left-out"><summary>{}</summary>{}</details>',
        context.say("What became of every row that was read", "读取的每一行去了哪里"),
        table(head, rows, "reasons"),
    )


OUTPUT = Output(show, tells=True)
