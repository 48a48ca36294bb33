"""The panel's plots: every metric's course, related ones on one pair of axes."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.labels import measures, metric_name
from studio.ui.plot import Course, plot


def plots(context: Context, run: Run) -> Markup:
    """Return one plot a metric, or a group of them; one or two values are no course, and stand among the figures."""
    courses = context.metrics_cache.courses(run)
    said = measures(run.kind)
    along = context.text(said.along)
    drawn = []
    for group in grouped(list(courses), said.together):
        lines: dict[str, Course] = {metric_name(run.kind, name, context.language): courses[name] for name in group}
        if any(len(course) > 2 for course in lines.values()):
            drawn.append(plot(next(iter(lines)), lines, along))
    return fill('<div class="plots">{}</div>', join(drawn)) if drawn else Markup()


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
