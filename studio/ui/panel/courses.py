"""The panel's plots: every metric's course, related ones on one pair of axes, and the one that matters most large."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.labels import measures, metric_name
from studio.ui.plot import LARGE, Course, plot


def course(context: Context, run: Run) -> Markup:
    """Return the plot of the metrics that a kind names first among those it shows together; nothing of other kinds."""
    together = measures(run.kind).together
    return _plot(context, run, together[0], LARGE) if together else Markup()


def plots(context: Context, run: Run) -> Markup:
    """Return the others: one plot a metric, or a group of them."""
    together = measures(run.kind).together
    first = together[0] if together else ()
    groups = grouped([name for name in context.metrics_cache.courses(run) if name not in first], together)
    drawn = [_plot(context, run, group) for group in groups]
    return fill('<div class="plots">{}</div>', join(drawn)) if any(drawn) else Markup()


def grouped(names: list[str], together: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return metric names in groups that share axes, in the order they first appear; `together` says which do."""
    groups: list[list[str]] = []
    for name in names:
        family = next((family for family in together if name in family), (name,))
        home = next((group for group in groups if group[0] in family), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    return groups


def _plot(context: Context, run: Run, group: Sequence[str], size: tuple[int, int] | None = None) -> Markup:
    """Return one plot; nothing where all have but one or two values, which are no course and stand among the figures."""
    courses = context.metrics_cache.courses(run)
    lines: dict[str, Course] = {
        metric_name(run.kind, name, context.language): courses[name] for name in group if name in courses
    }
    if not any(len(line) > 2 for line in lines.values()):
        return Markup()
    title = context.say(" and ", "与").join(lines)
    return plot(title, lines, context.text(measures(run.kind).along), *([size] if size else []))
