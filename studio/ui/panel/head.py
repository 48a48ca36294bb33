"""The panel's head: what the run is, how far it is, what went wrong, and what can be done with it."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from studio.core.amounts import duration, size
from studio.core.meter import BYTES
from studio.runs import queue
from studio.runs.directory import STATUSES, Run, Status
from studio.runs.index import Entry
from studio.runs.kinds import kind_title, stays_up, unit_name
from studio.runs.removal import needed_by
from studio.runs.stall import silence
from studio.runs.view import View, local_time, lost
from studio.ui.context import Context
from studio.ui.html import act, chip, fill, join, notice, record_notice
from studio.ui.needs import still_needed
from studio.ui.panel import waiting


def title(context: Context, entry: Entry, seen: View) -> Markup:
    """Return the line with the status, the name and the buttons. It changes seldom, so that no click goes astray."""
    return fill(
        '<div class="title" data-run="{id}" data-status="{status}" data-said="{said}">{state}<strong title="{id}">{name}</strong><span class="kind">{kind}</span>'
        '<span class="times">{times}</span><span class="actions">{actions}</span></div>',
        state=state(context, entry.run, seen.status),
        id=seen.id,
        status=seen.status,
        said=told(context, seen),
        name=seen.name or seen.id,
        kind=context.text(kind_title(seen.kind)),
        times=times(context, entry),
        actions=actions(context, seen),
    )


def told(context: Context, seen: View) -> str:
    """Return what a reader who does not see the page is told of a run that comes to stand as it does."""
    kind, name, status = context.text(kind_title(seen.kind)), seen.name or seen.id, STATUSES[seen.status]
    return context.say(f"{kind} {name}: {status.en}", f"{kind}“{name}”{status.zh}")


def state(context: Context, run: Run, status: Status) -> Markup:
    """Return a run's status as a chip; of one that was asked to stop and has not yet, that it is stopping; of one that is
    silent out of its rhythm, that it is stalled."""
    if status == "running" and run.stop_asked():
        return fill('<span class="chip stopping">{}</span>', context.say("stopping…", "正在停止…"))
    if status == "running" and silence(run) is not None:
        return fill('<span class="chip stalled">{}</span>', context.say("stalled?", "可能卡住"))
    return chip(status, context.language)


def words(context: Context, seen: View) -> Markup:
    """Return what the run has to say, or is to be said of it: its error, that it is silent, its latest notices."""
    problem = record_notice(context, seen.error) if seen.error else Markup()
    if seen.stalled is not None:
        problem += notice(context.text(seen.stalled.words))
    return problem + join(notice(context.text(text), grade="info") for text in seen.notices[-3:])


def times(context: Context, entry: Entry) -> Markup:
    """Return when the run began and how long it took, or has taken (the browser counts on)."""
    began = local_time(entry.created)[:16].replace("T", " ")
    if entry.started:
        return fill("{} · {}", began, duration(entry.ended - entry.started, context.language))
    process = entry.run.process() if entry.ended_as is None else None
    if process is not None and process.alive():
        return fill(
            '{} · <time data-since="{}"></time>',
            began,
            round(process.created, 1),
        )
    return fill("{}", began)


def actions(context: Context, seen: View) -> Markup:
    """Return the buttons that apply to the run as it stands."""
    buttons = []
    line = queue.line(context.workspace) if seen.status == "queued" else []
    if seen.stopping:
        ask = context.say(
            f"End “{seen.name}” without waiting? Ended now: {lost(seen).en}.",
            f"不再等待，强制结束“{seen.name}”？若现在结束：{lost(seen).zh}。",
        )
        buttons.append(act(seen.id, "force", context.say("End now", "强制结束"), ask, "danger"))
    elif run := next((run for run, _ in line if run.id == seen.id), None):
        buttons += waiting.buttons(context, run, line)
    elif seen.status == "queued" and queue.astray(Run(context.workspace.runs / seen.id)) is not None:
        buttons.append(act(seen.id, "resume", context.say("Resume", "继续")))
    elif seen.status in ("running", "queued"):
        ask = (
            context.say(
                f"Stop “{seen.name}”? It starts again with the next question.",
                f"停止“{seen.name}”服务？下次提问时会自动重新启动。",
            )
            if stays_up(seen.kind)
            else context.say(
                f"Stop “{seen.name}”? It keeps what it has and can be resumed.",
                f"停止“{seen.name}”？已有的进度会保留，可以继续。",
            )
        )
        buttons.append(act(seen.id, "stop", context.say("Stop", "停止"), ask))
    if seen.status in ("stopped", "failed", "crashed"):
        again = seen.status == "failed"  # the same once more, from where it failed
        buttons.append(act(seen.id, "resume", context.say(*(("Retry", "重试") if again else ("Resume", "继续")))))
    if seen.status not in ("running", "queued"):
        needs = needed_by(context.workspace, seen.id)
        needed = still_needed(context, needs)
        ask = context.say(
            f"Remove “{seen.name}” and everything it made? This cannot be undone.{needed}",
            f"删除“{seen.name}”及其全部结果？此操作无法撤销。{needed}",
        )
        despite = "?" + urlencode([("despite", need.entry.id) for need in needs]) if needs else ""
        buttons.append(act(seen.id, f"remove{despite}", context.say("Remove", "删除"), ask, "danger"))
    return join(buttons)


def progress(context: Context, seen: View) -> Markup:
    """Return the stage, the bar and the time left."""
    running = seen.status in ("running", "queued")
    stage = context.text(seen.stage) or (context.say("Starting…", "正在启动…") if running else "")
    if not running and seen.status == "finished":
        return Markup()
    unit = context.text(unit_name(seen.kind, seen.progress.unit))
    if not seen.progress.total:
        working = seen.status == "running" and not stays_up(seen.kind)
        bar = Markup('<div class="track busy"><i></i></div>') if working else Markup()
        so_far = f"{seen.progress.done:,} {unit}" if seen.progress.done else ""
        template = '<div class="progress"><div class="stage"><span>{}</span><span>{}</span></div>{}</div>'
        return fill(template, stage, so_far, bar)
    share = min(1.0, seen.progress.done / seen.progress.total)
    if seen.progress.unit == BYTES:
        count = f"{size(seen.progress.done)} / {size(seen.progress.total)}"
        count += f" · {size(seen.progress.rate)}/s" if seen.progress.rate and running else ""
    else:
        count = f"{seen.progress.done:,} / {seen.progress.total:,} {unit}"
    left = ""
    if seen.progress.eta_s is not None and running:
        remaining = duration(seen.progress.eta_s, context.language)
        left = context.say(f"about {remaining} left", f"约剩 {remaining}")
    return fill(
        '<div class="progress"><div class="stage"><span>{}</span><span>{}</span><span>{}</span></div>'
        '<div class="track" role="progressbar" aria-label="{}" aria-valuenow="{:.0f}" aria-valuemin="0" aria-valuemax="100">'
        '<i style="width:{:.1f}%"></i></div></div>',
        stage,
        count,
        left,
        stage or seen.name,
        share * 100,
        share * 100,
    )
