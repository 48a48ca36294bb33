"""What a run costs on a rented machine, and what is about to be lost when the rental ends: before it starts, and while it runs."""

from __future__ import annotations

import datetime as dt
import time

from studio.core import timing
from studio.core.amounts import duration
from studio.core.recipe import Recipe
from studio.core.text import Language, Text, both
from studio.core.timing import shown
from studio.runs.directory import Run
from studio.runs.kinds import stays_up, unit_name
from studio.runs.rental import End, Rental
from studio.runs.view import View, local_time

_SOON_S = 1800.0
NO_WORDS = both("")


def ahead(rental: Rental, recipe: Recipe, seconds: float, now: dt.datetime) -> tuple[Text, tuple[Text, ...]]:
    """Return what a recipe will cost, in words, and the warning where the machine is gone before it is done.

    Args:
        seconds: how long it will take; 0 where nobody knows.
        now: with its time zone.
    """
    cost = both(f"≈ {rental.price.of(seconds)}") if rental.price and seconds else NO_WORDS
    begins = timing.moment(recipe.at, now) if recipe.at else now
    begins_s = max(begins, now).timestamp()
    end = rental.end
    if end is None or begins_s + seconds <= end.moment:
        return cost, ()
    if begins_s >= end.moment:
        missed = Text("before this begins", "这次运行开始前就已到期")
    else:
        over = begins_s + seconds - end.moment
        missed = Text(f"about {_minutes(over, 'en')} before this is done", f"比预计完成时间早约 {_minutes(over, 'zh')}")
    return cost, (
        Text(
            f"{_upper(end.what.en)} ends at {shown(end.moment)} ({end.known_by.en}), {missed.en}. Prolong it, or make the work "
            "smaller; what is saved by then can be resumed, if its disk outlives it.",
            f"{end.what.zh}将于 {shown(end.moment)} 结束（{end.known_by.zh}），{missed.zh}。请延长使用时间或减少任务量；"
            "届时已保存的进度可以继续，前提是磁盘会保留。",
        ),
    )


def spent(rental: Rental, run: Run, seen: View, now: float | None = None) -> Text:
    """Return what a run has cost since it was started or last resumed, and what is to come; empty where no price is known."""
    if rental.price is None:
        return NO_WORDS
    seconds = worked_s(run, seen, time.time() if now is None else now)
    if not seconds:
        return NO_WORDS
    so_far, price = rental.price.of(seconds), rental.price.of(3600)
    if seen.status != "running":
        return Text(f"Cost {so_far} (at {price} an hour)", f"费用 {so_far}（按每小时 {price}）")
    left = seen.progress.eta_s
    if left is None:
        return Text(f"Cost so far {so_far} (at {price} an hour)", f"已花费 {so_far}（按每小时 {price}）")
    coming = rental.price.of(left)
    return Text(
        f"Cost so far {so_far}, about {coming} to come (at {price} an hour)",
        f"已花费 {so_far}，预计还需 {coming}（按每小时 {price}）",
    )


def worked_s(run: Run, seen: View, now: float) -> float:
    """Return for how many seconds a run has worked since it was started or last resumed; 0 where nobody knows."""
    if seen.status == "running":
        process = run.process()
        return max(0.0, now - process.created) if process else 0.0
    result = run.result() or {}
    started, ended = result.get("started"), result.get("ended")
    return max(0.0, ended - started) if isinstance(started, int | float) and isinstance(ended, int | float) else 0.0


def alarm(rental: Rental, seen: View, now: float | None = None) -> Text | None:
    """Return what a running run's user is to know while it can be saved: the machine is gone before it is done, or soon."""
    end, now = rental.end, time.time() if now is None else now
    if end is None or seen.status != "running" or end.moment <= now:
        return None
    left_s, todo_s = end.moment - now, seen.progress.eta_s
    if (todo_s is None and left_s > _SOON_S) or (todo_s is not None and todo_s <= left_s):
        return None
    ends = _ends(end, left_s)
    if stays_up(seen.kind):
        return Text(f"{ends.en}; this answers no more from then on.", f"{ends.zh}，届时将无法再回答。")
    todo = NO_WORDS
    if todo_s is not None:
        todo = Text(f"; {_minutes(todo_s, 'en')} are left to do", f"，而任务还需约 {_minutes(todo_s, 'zh')}")
    kept, stop = _kept(seen), NO_WORDS
    if seen.progress.saved is not None:
        stop = Text(
            ", or stop this run before then: it saves what it has and can be resumed",
            "，或在此之前停止运行：停止时会保存进度，之后可以继续",
        )
    return Text(
        f"{ends.en}{todo.en}: {kept.en}. Prolong it{stop.en}.",
        f"{ends.zh}{todo.zh}：{kept.zh}。请延长使用时间{stop.zh}。",
    )


def dump(rental: Rental, run: Run, seen: View) -> dict[str, object] | None:
    """Return what `show --json` holds of the rental; None where nothing is known of it."""
    if rental.price is None and rental.end is None:
        return None
    seconds, warned = worked_s(run, seen, time.time()), alarm(rental, seen)
    eta = seen.progress.eta_s
    return {
        "so_far": round(rental.price.per_hour * seconds / 3600, 4) if rental.price else None,
        "to_come": round(rental.price.per_hour * eta / 3600, 4) if rental.price and eta is not None else None,
        "price_per_hour": rental.price.of(3600) if rental.price else None,
        "until": local_time(rental.end.moment) if rental.end else None,
        "alarm": warned.dump() if warned else None,
    }


def _ends(end: End, left_s: float) -> Text:
    return Text(
        f"{_upper(end.what.en)} ends in {_minutes(left_s, 'en')}", f"{end.what.zh}还有 {_minutes(left_s, 'zh')}结束"
    )


def _kept(seen: View) -> Text:
    progress, unit = seen.progress, unit_name(seen.kind, seen.progress.unit)
    if progress.saved is None:
        return Text("nothing of it is saved before it is done", "完成之前不会保存任何进度")
    if not progress.saved or progress.saved_at is None:
        return Text("nothing is saved yet", "还没有保存过进度")
    at = shown(progress.saved_at)
    return Text(
        f"the last checkpoint is from {at} ({progress.saved:,} of {progress.total:,} {unit.en})",
        f"最近的检查点保存于 {at}（第 {progress.saved:,} {unit.zh}，共 {progress.total:,} {unit.zh}）",
    )


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _minutes(seconds: float, language: Language) -> str:
    """Return a length of time to the minute."""
    return duration(60 * max(1, round(seconds / 60)), language).removesuffix(" 0 s").removesuffix(" 0 秒")
