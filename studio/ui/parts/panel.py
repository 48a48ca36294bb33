"""The run panel: one run among the newest of its kind, as its directory says it stands."""

from __future__ import annotations

from markupsafe import Markup

from studio.engines.pool import is_automatic
from studio.runs import queue
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.kinds import KINDS
from studio.runs.removal import needed_by
from studio.runs.store import RunStore
from studio.runs.view import local_time, view
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.panel import children, courses, head, made
from studio.ui.panel.line import pulse
from studio.ui.parts.base import Part, Query

_MOST = 30


def version(context: Context, query: Query) -> str:
    runs = _runs(context, query)
    run = _chosen(runs, query)
    if run is None:
        return f"none {query.get('run', '')}"
    sizes = [_bytes(run.run, name) for name in ("events.jsonl", "log.txt", "result.json", "stop")]
    kind = KINDS.find(run.kind)
    parent = kind is not None and kind.starts_runs
    below = [pulse(context, child) for child in children.children(context.workspace, run.run)] if parent else []
    status = RunStore(context.workspace).status(run)
    # what the button to remove it names must be what is true when it is pressed
    needs = needed_by(context.workspace, run.id) if status not in ("queued", "running") else []
    named = [f"{need.entry.id} {need.at_work}" for need in needs]
    line = str(hash(tuple(queue.line(context.workspace)))) if status == "queued" else ""
    return "|".join([runs[0].id, str(len(runs)), run.id, status, line, *map(str, sizes), *below, *named])


def render(context: Context, query: Query) -> dict[str, Markup]:
    runs = _runs(context, query)
    chosen = _chosen(runs, query)
    if chosen is None:
        return {"title": _gone(context) if _wanted(query) else nothing(context, query.get("kind", ""))}
    run = chosen.run
    seen = view(run)
    return {
        "choice": Markup() if query.get("fixed") else _choice(context, runs, chosen),
        "title": head.title(context, chosen, seen),
        "progress": head.progress(context, seen),
        "words": head.words(context, seen),
        "steps": children.steps(context, run),
        "metrics": Markup() if made.tells(run) else head.metrics(context, seen),
        "plots": courses.plots(context, run),
        "outputs": made.outputs(context, run),
        "log": _log(context, run),
    }


def nothing(context: Context, kind: str) -> Markup:
    """Return the empty panel: what will appear here, and what to do."""
    if not kind:
        return empty(
            context.say("Nothing to show yet", "还没有可显示的内容"),
            context.say(
                "A run's progress, plots, log and results appear here.", "这里会显示运行的进度、曲线、日志和结果。"
            ),
        )
    title = context.text(KINDS.load(kind.split(",", maxsplit=1)[0]).title)
    return empty(
        context.say(f"No {title.lower()} run yet", f"还没有{title}运行"),
        context.say(
            "Fill in the form and press Start; progress, plots and log appear here.",
            "填好表单后点击“开始”，进度、曲线和日志会显示在这里。",
        ),
    )


def _runs(context: Context, query: Query) -> list[Entry]:
    kinds = [kind for kind in query.get("kind", "").split(",") if kind]
    return [run for run in RunStore(context.workspace).entries() if not kinds or run.kind in kinds]


def _chosen(runs: list[Entry], query: Query) -> Entry | None:
    """Return the run asked for, or the newest that somebody started; where a link asks for one that is gone, none: it is no other's."""
    wanted = query.get("run", "")
    found = next((run for run in runs if run.id == wanted), None)
    if found is not None or not runs or _wanted(query):
        return found
    return next((run for run in runs if not is_automatic(run)), runs[0])


def _wanted(query: Query) -> bool:
    """Tell whether one run is asked for and no other will do: on the tab of all runs, whose links are handed on."""
    return bool(query.get("fixed") and query.get("run"))


def _gone(context: Context) -> Markup:
    return empty(
        context.say("This run is not here any more", "这次运行已经不在了"),
        context.say(
            "It may have been removed, or belong to another workspace. Choose another one above.",
            "它可能已被删除，或属于另一个工作区。请在上方选择其他运行。",
        ),
    )


def _choice(context: Context, runs: list[Entry], chosen: Entry) -> Markup:
    shown = runs[:_MOST] if chosen in runs[:_MOST] else [*runs[:_MOST], chosen]
    options = join(
        fill(
            '<option value="{}"{}>{} · {}</option>',
            "" if index == 0 else run.id,
            Markup(" selected") if run == chosen else "",
            run.id.split("-", 3)[3],
            local_time(run.created)[5:16].replace("T", " "),
        )
        for index, run in enumerate(shown)
    )
    return fill('<label class="choice"><span>{}</span><select data-param="run">{}</select></label>',
                context.say("Run", "运行"), options)  # fmt: skip


def _log(context: Context, run: Run) -> Markup:
    return fill(
        '<div class="logbox"><div class="bar"><strong>{title}</strong><span class="left-out" hidden>{left}</span>'
        '<a href="{base}file/{id}/log.txt" target="_blank" rel="noopener">{whole}</a>'
        '<a href="{base}file/{id}/log.txt" download="{id}.log.txt">{save}</a></div>'
        '<pre class="log" data-log="{id}" tabindex="0"></pre></div>',
        title=context.say("Log", "日志"),
        left=context.say("Only the end is shown.", "这里只显示末尾部分。"),
        whole=context.say("Open the whole log", "打开完整日志"),
        save=context.say("Download", "下载"),
        base=context.base,
        id=run.id,
    )


def _bytes(run: Run, name: str) -> int:
    try:
        return (run.path / name).stat().st_size
    except FileNotFoundError:
        return -1


PART = Part(version, render)
