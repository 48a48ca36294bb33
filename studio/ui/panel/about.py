"""What a run was: its recipe, what its names meant, who made it and when, and how to do it again."""

from __future__ import annotations

import shlex

from markupsafe import Markup

from studio.core.amounts import duration
from studio.core.text import Text, both
from studio.runs import references
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.references import Reference
from studio.runs.store import RunStore
from studio.runs.view import local_time
from studio.ui.context import Context
from studio.ui.form.field import fields_of
from studio.ui.html import fill, join, table

_MOST = 100_000  # characters of a recipe


def about(context: Context, entry: Entry) -> Markup:
    """Return it folded; what an older studio did not write down is left out."""
    return fill(
        '<details class="about"><summary>{}</summary>{}{}{}</details>',
        context.say("About this run", "这次运行"),
        _facts(context, entry),
        _inputs(context, entry),
        _recipe(context, entry),
    )


def _facts(context: Context, entry: Entry) -> Markup:
    inputs = entry.run.inputs()
    who, revision = str(inputs.get("user", "")), str(inputs.get("revision", ""))
    machine = entry.run.ticket().machine
    facts = [(context.say("Run", "编号"), entry.id)]
    if who or machine:
        facts.append((context.say("Made by", "创建者"), " @ ".join(filter(None, (who, machine)))))
    facts.append((context.say("Created", "创建时间"), _moment(entry.created)))
    if entry.started:
        facts.append((context.say("Started", "开始时间"), _moment(entry.started)))
        facts.append((context.say("Ended", "结束时间"), _moment(entry.ended)))
        facts.append((context.say("Took", "用时"), duration(entry.ended - entry.started, context.language)))
    if revision:
        facts.append((context.say("Studio", "程序版本"), revision))
    return fill('<dl class="facts">{}</dl>', join(fill("<dt>{}</dt><dd>{}</dd>", name, value) for name, value in facts))


def _moment(seconds: float) -> str:
    return local_time(seconds)[:19].replace("T", " ")


def _inputs(context: Context, entry: Entry) -> Markup:
    found = references.load(entry.run.inputs().get("references"))
    if not found:
        return Markup()
    labels = _labels(entry.kind)
    rows = [
        [context.text(_label(labels, field)), _thing(context, reference), _rows(reference), _sum(reference)]
        for field, reference in found.items()
    ]
    head = [
        context.say("Input", "输入"),
        context.say("What it was", "实际使用"),
        context.say("Rows", "行数"),
        "SHA-256",
    ]
    return table(head, rows, "inputs")


def _labels(kind: str) -> dict[str, Text]:
    known = KINDS.find(kind)
    return {field.name: field.label for field in fields_of(known.recipe)} if known else {}


def _label(labels: dict[str, Text], field: str) -> Text:
    """Return what a form calls a field: `models.0` is the first of its models."""
    name, _, inside = field.partition(".")
    place = inside.split(".")[0]
    label = labels.get(name, both(name))
    return Text(f"{label.en} {int(place) + 1}", f"{label.zh} {int(place) + 1}") if place.isdecimal() else label


def _thing(context: Context, reference: Reference) -> Markup:
    shown = context.plain(reference.given)
    here = reference.run and RunStore(context.workspace).entry(reference.run) is not None
    name = fill('<a href="#runs={}">{}</a>', reference.run, shown) if here else fill("{}", shown)
    path = context.plain(reference.path)
    return name if path == shown else name + fill("<small>{}</small>", path)


def _rows(reference: Reference) -> str:
    return f"{reference.rows:,}" if isinstance(reference.rows, int) else ""


def _sum(reference: Reference) -> Markup:
    return fill('<code title="{}">{}</code>', reference.sha256, reference.sha256[:12]) if reference.sha256 else Markup()


def _recipe(context: Context, entry: Entry) -> Markup:
    if not entry.run.recipe_file.is_file():
        return Markup()
    text = entry.run.recipe_file.read_text(encoding="utf-8", errors="replace")[:_MOST]
    copy = fill('<button type="button" class="act" data-copy>{}</button>', context.say("Copy", "复制"))
    save = fill(
        '<a class="act" href="{}file/{}/recipe.yaml" download="{}.yaml">{}</a>',
        context.base,
        entry.id,
        entry.name or entry.id,
        context.say("Download", "下载"),
    )
    return fill(
        '<div class="copied"><div class="bar"><strong>{}</strong>{}{}{}</div><pre class="code" tabindex="0">{}</pre></div>{}',
        context.say("Recipe", "配方"),
        _again(context, entry),
        copy,
        save,
        text,
        _command(context, entry),
    )


def _again(context: Context, entry: Entry) -> Markup:
    known = KINDS.find(entry.kind)
    if known is None or known.introduction is None:
        return Markup()
    words = context.say("Again with this recipe", "用这份配方再来一次")
    return fill('<a class="act primary" href="#{}=run:{}">{}</a>', known.introduction.tab, entry.id, words)


def _command(context: Context, entry: Entry) -> Markup:
    """Return how to run it again in a shell; of kinds that have no form, for the others are begun there."""
    known = KINDS.find(entry.kind)
    if known is None or known.introduction is not None or known.stays_up:
        return Markup()
    path = context.workspace.relative(entry.run.recipe_file).as_posix()
    return fill(
        '<div class="copied"><div class="bar"><strong>{}</strong><button type="button" class="act" data-copy>{}</button>'
        '</div><pre class="code" tabindex="0">{}</pre></div>',
        context.say("Once more, in a shell", "在命令行里再来一次"),
        context.say("Copy", "复制"),
        f"python -m studio run {shlex.quote(path)}",
    )
