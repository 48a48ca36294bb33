"""The panel's plots: every metric's course, related ones on one pair of axes."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.text import Text
from studio.runs.directory import Run
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel.words import metric_name
from studio.ui.plot import Course, plot

# Metrics drawn together, and those that say nothing as a curve.
_TOGETHER = (("loss", "train_loss", "val_loss", "eval_loss"),)
# What the plots go along; steps where nothing else is said.
_ALONG = {"serve": Text("seconds", "秒"), "knowledge": Text("passages", "段")}
_DULL = frozenset({"epoch"})


def plots(context: Context, run: Run) -> Markup:
    """Return one plot a metric, or a group of them; one or two values are no course, and stand among the figures."""
    courses = {name: course for name, course in context.stories.courses(run).items() if name not in _DULL}
    along = context.text(_ALONG.get(run.kind, Text("step", "步")))
    drawn = []
    for group in grouped(list(courses)):
        lines: dict[str, Course] = {metric_name(name, context.language): courses[name] for name in group}
        if any(len(course) > 2 for course in lines.values()):
            drawn.append(plot(next(iter(lines)), lines, along))
    return fill('<div class="plots">{}</div>', join(drawn)) if drawn else Markup()


def grouped(names: list[str]) -> list[list[str]]:
    """Return metric names in groups that share axes, in the order they first appear."""
    groups: list[list[str]] = []
    for name in names:
        family = next((family for family in _TOGETHER if name in family), (name,))
        home = next((group for group in groups if group[0] in family), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    return groups
