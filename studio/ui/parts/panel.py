"""The run panel: one run among the newest of its kind, as its directory says it stands."""

from __future__ import annotations

from markupsafe import Markup

from studio.engines.pool import is_automatic
from studio.runs import queue
from studio.runs.directory import Run
from studio.runs.index import Entry
from studio.runs.kinds import KINDS, kind_title
from studio.runs.removal import needed_by
from studio.runs.stall import silence
from studio.runs.store import RunStore
from studio.runs.view import local_time, view
from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.panel import about, checkpoints, children, costs, courses, figures, head, log, made
from studio.ui.panel.line import pulse
from studio.ui.parts.base import Part, Query

_MOST = 30


def version(context: Context, query: Query) -> str:
    runs = _runs(context, query)
    run = _chosen(runs, query)
    if run is None:
        return f"none {query.get('run', '')} {runs[0].id if runs else ''} {len(runs)}"
    sizes = [_bytes(run.run, name) for name in ("events.jsonl", "log.txt", "result.json", "stop")]
    kind = KINDS.find(run.kind)
    parent = kind is not None and kind.starts_runs
    below = [pulse(context, child) for child in children.children(context.workspace, run.run)] if parent else []
    status = RunStore(context.workspace).status(run)
    # what the button to remove it names must be what is true when it is pressed
    needs = needed_by(context.workspace, run.id) if status not in ("queued", "running") else []
    named = [f"{need.entry.id} {need.at_work}" for need in needs]
    line = str(hash(tuple(queue.line(context.workspace)))) if status == "queued" else ""
    if status == "running" and silence(run.run) is not None:
        line = "stalled"
    points = checkpoints.pulse(run.run)
    return "|".join(
        [
            points,
            runs[0].id,
            str(len(runs)),
            run.id,
            status,
            line,
            costs.pulse(status),
            *map(str, sizes),
            *below,
            *named,
        ]
    )


def render(context: Context, query: Query) -> dict[str, Markup]:
    runs = _runs(context, query)
    chosen = _chosen(runs, query)
    if chosen is None:
        return {
            "choice": Markup() if query.get("fixed") or not runs else _choice(context, runs, None),
            "title": _gone(context, query["run"]) if query.get("run") else nothing(context, query.get("kind", "")),
        }
    run = chosen.run
    seen = view(run)
    return {
        "choice": Markup() if query.get("fixed") else _choice(context, runs, chosen),
        "title": head.title(context, chosen, seen),
        "progress": head.progress(context, seen) + costs.bill(context, run, seen),
        "words": costs.alarm(context, seen) + head.words(context, seen),
        "course": courses.course(context, run),
        "metrics": Markup() if made.tells(run) else figures.figures(context, seen),
        "outputs": made.outputs(context, run),
        "checkpoints": checkpoints.checkpoints(context, seen, run),
        "steps": children.steps(context, run),
        "plots": courses.plots(context, run),
        "log": log.log(context, seen),
        "about": about.about(context, chosen),
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
        context.say(f"No {title.lower()} run yet", "这里还没有运行"),
        context.say(
            "Fill in the form and press Start; progress, plots and log appear here.",
            "填好表单后点击“开始”，进度、曲线和日志会显示在这里。",
        ),
    )


def _runs(context: Context, query: Query) -> list[Entry]:
    kinds = [kind for kind in query.get("kind", "").split(",") if kind]
    return [run for run in RunStore(context.workspace).entries() if not kinds or run.kind in kinds]


def _chosen(runs: list[Entry], query: Query) -> Entry | None:
    """Return the run asked for, or the newest that somebody started; where an address names one that is not here, none: it is no other's."""
    wanted = query.get("run", "")
    found = next((run for run in runs if run.id == wanted), None)
    if found is not None or not runs or wanted:
        return found
    return next((run for run in runs if not is_automatic(run)), runs[0])


def _gone(context: Context, id: str) -> Markup:
    """Return what stands for a run that an address names and that is none of those shown here."""
    elsewhere = RunStore(context.workspace).entry(id)
    if elsewhere is not None:
        return empty(
            context.say("This run is of another kind", "这次运行不属于这一页"),
            fill(
                '{} · {} · <a href="#runs={}">{}</a>',
                elsewhere.name,
                context.text(kind_title(elsewhere.kind)),
                id,
                context.say("Open it on the Runs tab", "在“运行”页打开"),
            ),
        )
    return empty(
        context.say("This run is not here any more", "这次运行已经不在了"),
        context.say(
            "It may have been removed, or belong to another workspace. Choose another one above.",
            "它可能已被删除，或属于另一个工作区。请在上方选择其他运行。",
        ),
    )


def _choice(context: Context, runs: list[Entry], chosen: Entry | None) -> Markup:
    """Return the choice among the newest runs, and the one that is shown; the newest is chosen by no name, and so followed."""
    latest = chosen == next((run for run in runs if not is_automatic(run)), runs[0])
    shown = runs[:_MOST] if chosen is None or chosen in runs[:_MOST] else [*runs[:_MOST], chosen]
    none = fill('<option value="" hidden disabled selected>–</option>') if chosen is None else Markup()
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
    return fill('<label class="choice"><span>{}</span><select data-param="run">{}{}</select></label>',
                context.say("Latest run", "最近的运行") if latest else context.say("Run", "运行"), none, options)  # fmt: skip


def _bytes(run: Run, name: str) -> int:
    try:
        return (run.path / name).stat().st_size
    except FileNotFoundError:
        return -1


PART = Part(version, render)
