"""What the checks find in a form's files: each with its count, what it does to a model, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from studio.core.errors import InputError
from studio.data.checks import CHECKS
from studio.data.checks.base import ACTIONS, Action, Check
from studio.data.cleaning import CheckCount
from studio.data.source_file import SourceFile
from studio.data.trial import FIRST, Trial, tried
from studio.ui.context import Context
from studio.ui.html import error_notice
from studio.ui.scripts import control_script
from studio.ui.template import piece

_SAMPLES = 3


def table(anchor: str | None = None) -> gr.HTML:
    """Place the control; its value is the recipe's mapping, and `assets/js/cleaning.js` fills it."""
    return gr.HTML(
        {},
        html_template='<div class="checked"></div>',
        js_on_load=control_script("checks.js", {}),
        apply_default_css=False,
        elem_id=anchor,
    )


def examined(
    context: Context, files: Sequence[tuple[SourceFile, Path, Path | None]], clean: Mapping[str, Action]
) -> Markup:
    """Return what is found in the first rows of some files; nothing where no row can be converted.

    A choice that no check knows, or cannot do, is passed over: the form's own check names it.
    """
    known = {name: action for name, action in clean.items() if _can(name, action)}
    try:
        trial = tried(files, known)
    except InputError as error:
        return error_notice(context, error)
    if not trial.rows:
        return Markup()
    lines = [_line(context, name, check, trial, known) for name, check in CHECKS.all().items()]
    lines.sort(key=lambda line: -int(str(line["rows"])))
    found = [line for line in lines if line["rows"] or line["chosen"]]  # what was chosen stays in sight
    return piece(
        "checks",
        "checked",
        title=context.say("What the checks find", "数据检查结果"),
        facts=_facts(context, trial),
        found=found,
        others=[line for line in lines if line not in found],
        words=_words(context, len(lines) - len(found)),
    )


def _can(name: str, action: object) -> bool:
    check = CHECKS.find(name)
    return check is not None and action in check.actions


def _facts(context: Context, trial: Trial) -> str:
    counts = trial.findings.counts.values()
    fixed, dropped = trial.findings.fixed, sum(count.dropped for count in counts)
    looked = (
        context.say(f"All {trial.rows:,} rows", f"全部 {trial.rows:,} 行")
        if trial.whole
        else context.say(
            f"The first {FIRST:,} rows of each file ({trial.rows:,} in all)",
            f"各文件的前 {FIRST:,} 行（共 {trial.rows:,} 行）",
        )
    )
    return context.say(
        f"{looked}: fixed {fixed:,}, dropped {dropped:,}, left {trial.left:,}",
        f"{looked}：修正 {fixed:,} 行，丢弃 {dropped:,} 行，保留 {trial.left:,} 行",
    )


def _line(context: Context, name: str, check: Check, trial: Trial, chosen: Mapping[str, Action]) -> dict[str, object]:
    count = trial.findings.counts[name]
    title = context.text(check.title)
    usual = context.text(ACTIONS[check.action])
    return {
        "name": name,
        "title": title,
        "help": context.text(check.help),
        "rows": count.rows,
        "figure": f"{count.rows:,}",
        "done": _done(context, count),
        "chosen": chosen.get(name, ""),
        "choices": [
            ("", context.say(f"{usual} (usual)", f"{usual}（默认）")),
            *((action, context.text(ACTIONS[action])) for action in check.actions),
        ],
        "label": context.say(f"What is done about “{title}”", f"“{title}”的处理方式"),
        "samples": count.samples[:_SAMPLES],
    }


def _done(context: Context, count: CheckCount) -> str:
    said = []
    if count.fixed:
        said.append(context.say(f"{count.fixed:,} fixed", f"修正 {count.fixed:,}"))
    if count.dropped:
        said.append(context.say(f"{count.dropped:,} dropped", f"丢弃 {count.dropped:,}"))
    return context.say(", ", "，").join(said)


def _words(context: Context, others: int) -> dict[str, str]:
    return {
        "check": context.say("Check", "检查项"),
        "rows": context.say("Rows", "行数"),
        "action": context.say("Action", "处理"),
        "samples": context.say("Samples", "示例"),
        "line": context.say("line", "行"),
        "before": context.say("Before", "之前"),
        "after": context.say("After the fix", "修正后"),
        "others": context.say(f"{others} checks find nothing here", f"{others} 个检查项没有发现问题"),
    }
