"""A training's checkpoints in its panel: what was measured at each, and what can be done from there."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.amounts import size
from studio.core.text import both
from studio.runs.directory import Run
from studio.runs.kinds import KINDS
from studio.runs.view import View, local_time
from studio.training.checkpoints import REASONS, Checkpoint, best, found
from studio.ui.context import Context
from studio.ui.html import act, figure, fill, join, table
from studio.ui.outputs.base import next_steps, step
from studio.ui.wanted import link

_SHOWN = ("loss", "eval_loss")


def checkpoints(context: Context, seen: View, run: Run) -> Markup:
    """Return the checkpoints of a run, newest first, as a folded table; nothing where there are none."""
    held = found(run.path)
    if not held:
        return Markup()
    names = [name for name in _SHOWN if any(name in item.metrics for item in held)]
    names += sorted({name for item in held for name in item.metrics} - set(_SHOWN))
    words = KINDS.load(run.kind).measures.metrics
    top = [
        context.say("Checkpoint", "检查点"),
        *(context.text(words.get(name, both(name))) for name in names),
        context.say("Written", "保存时间"),
        context.say("Size", "大小"),
        "",
    ]
    chosen = best(run.path)
    rows = [
        [
            _name(context, item, chosen == item),
            *(figure(item.metrics[name]) if name in item.metrics else "–" for name in names),
            local_time(item.saved)[5:16].replace("T", " "),
            size(item.size),
            _buttons(context, seen, item),
        ]
        for item in reversed(held)
    ]
    return fill(
        '<details class="checkpoints" open><summary>{}</summary>{}</details>',
        context.say(f"Checkpoints ({len(held)})", f"检查点（{len(held)}）"),
        table(top, rows, "checkpoints"),
    )


def pulse(run: Run) -> str:
    """Return what changes whenever one is written, judged, kept or gone."""
    return ",".join(f"{item.name} {item.saved} {len(item.metrics)} {item.kept}" for item in found(run.path))


def _name(context: Context, item: Checkpoint, is_best: bool) -> Markup:
    marks = [context.text(REASONS[item.why])] if item.why in REASONS and item.why not in ("due", "better") else []
    marks += [context.say("best", "最优")] if is_best else []
    marks += [context.say("kept", "已保留")] if item.kept else []
    told = join(fill(' <span class="mark">{}</span>', mark) for mark in marks)
    return fill("<strong>{}</strong>{}", item.name, told)


def _buttons(context: Context, seen: View, item: Checkpoint) -> Markup:
    """Return what can be done with a checkpoint: ask and evaluate it by the run's id, which no later run takes over."""
    name, buttons = f"{seen.id}:{item.name}", []
    if seen.status in ("stopped", "failed", "crashed") and item.resumable:
        ask = context.say(
            f"Go on with “{seen.name}” from step {item.step}? The checkpoints after it go once a new one is written, but "
            "for those that are kept.",
            f"从第 {item.step} 步继续“{seen.name}”？写入新的检查点后，此步之后的旧检查点会被删除（已保留的除外）。",
        )
        buttons.append(act(seen.id, f"resume?at={item.name}", context.say("Resume from here", "从这里继续"), ask))
    keep = (
        act(seen.id, f"release?at={item.name}", context.say("Do not keep", "取消保留"))
        if item.kept
        else act(seen.id, f"keep?at={item.name}", context.say("Keep", "保留"))
    )
    talk = step(link("chat", ("model", name)), context.say("Ask it", "用它问答"))
    return fill('<div class="next">{}{}{}{}</div>', join(buttons), talk, next_steps(context, "model", name, first=False), keep)  # fmt: skip
