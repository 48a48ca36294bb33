"""A metric's course as inline SVG: no library to load, and the page's own colours by day and night."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from studio.ui.html import figure, fill, join

Course = Sequence[tuple[int, float]]
SMALL, LARGE = (340, 180), (780, 300)
"""Width and height of a plot, in the units of its drawing: one among others, and the one that matters most."""
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 34
MOST_POINTS = 320


def plot(title: str, courses: Mapping[str, Course], x_label: str, size: tuple[int, int] = SMALL) -> Markup:
    """Return one plot of up to four courses over the same steps; empty where nothing finite was measured."""
    width, height = size
    finite = {name: [(x, y) for x, y in course if math.isfinite(y)] for name, course in courses.items()}
    lines = {name: thin(course) for name, course in finite.items() if course}
    if not lines:
        return Markup()
    points = [point for course in lines.values() for point in course]
    x_low, x_high = spread(min(x for x, _ in points), max(x for x, _ in points))
    y_ticks = ticks(*spread(min(y for _, y in points), max(y for _, y in points)))
    y_low, y_high = y_ticks[0], y_ticks[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(LEFT + (x - x_low) / (x_high - x_low) * (width - LEFT - RIGHT), 1),
            round(height - BOTTOM - (y - y_low) / (y_high - y_low) * (height - TOP - BOTTOM), 1),
        )

    grid = join(
        fill(
            '<line x1="{l}" x2="{r}" y1="{y}" y2="{y}"/><text x="{t}" y="{b}" text-anchor="end">{v}</text>',
            l=LEFT, r=width - RIGHT, y=place(x_low, tick)[1], t=LEFT - 8, b=place(x_low, tick)[1] + 4, v=short(tick),
        )
        for tick in y_ticks
    )  # fmt: skip
    across = join(
        fill(
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            place(tick, y_low)[0],
            height - BOTTOM + 16,
            figure(tick),
        )
        for tick in ticks(x_low, x_high)
        if x_low <= tick <= x_high and tick == int(tick)
    )
    drawn = join(_line(index, [place(x, y) for x, y in course]) for index, course in enumerate(lines.values()))
    names = join(
        fill('<span class="s{}">{}<b>{}</b></span>', index, name if name != title else "", figure(course[-1][1]))
        for index, (name, course) in enumerate(lines.items())
    )
    data = json.dumps(
        {name: [[*place(x, y), x, figure(y)] for x, y in course] for name, course in lines.items()}, ensure_ascii=False
    )
    return fill(
        '<figure class="plot{large}" data-points="{data}" data-step="{x}"><figcaption>{title}<span class="legend">{names}</span>'
        '</figcaption><svg viewBox="0 0 {w} {h}" role="img" aria-label="{title}"><g class="grid">{grid}{across}'
        '<text class="axis" x="{right}" y="{bottom}" text-anchor="end">{x}</text></g>{drawn}</svg></figure>',
        large=" large" if size == LARGE else "",
        data=data,
        title=title,
        names=names,
        w=width,
        h=height,
        grid=grid,
        across=across,
        right=width - RIGHT,
        bottom=height - 4,
        x=x_label,
        drawn=drawn,
    )


def thin(course: Course) -> list[tuple[int, float]]:
    """Return at most MOST_POINTS points of a course: each the mean of its neighbourhood, the last one as it is."""
    if len(course) <= MOST_POINTS:
        return list(course)
    step = len(course) / MOST_POINTS
    groups = [course[round(index * step) : round((index + 1) * step)] for index in range(MOST_POINTS - 1)]
    means = [(group[-1][0], sum(y for _, y in group) / len(group)) for group in groups]
    return [*means, course[-1]]


def spread(low: float, high: float) -> tuple[float, float]:
    """Return a range that has some width."""
    if high > low:
        return low, high
    around = abs(low) * 0.1 or 1.0
    return low - around, high + around


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values that enclose a range.

    >>> ticks(0.3, 2.2)
    [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    """
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * power for unit in (1, 2, 2.5, 5, 10) if unit * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    count = math.ceil(high / step - 1e-9) - first
    return [round((first + index) * step, 12) for index in range(count + 1)]


def short(value: float) -> str:
    """Return an axis' label, small numbers by their power of ten.

    >>> short(0.00025), short(0.5), short(1500.0)
    ('2.5e-4', '0.5', '1,500')
    """
    if 0 < abs(value) < 0.01:
        mantissa, _, power = f"{value:.1e}".partition("e")
        return f"{mantissa.removesuffix('.0')}e{int(power)}"
    return figure(value)


def _line(index: int, points: Sequence[tuple[float, float]]) -> Markup:
    if len(points) == 1:
        return fill('<circle class="s{}" cx="{}" cy="{}" r="3.5"/>', index, *points[0])
    path = " ".join(f"{x},{y}" for x, y in points)
    return fill('<polyline class="s{}" points="{}"/>', index, path)
