"""A long course in fewer points, with every peak and trough still in it."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[int, float, float]
"""A step, the seconds worked by then, and the value."""

MOST = 2000
"""Points of a line that a browser is sent."""


def thin(course: Sequence[Point], most: int = MOST) -> list[Point]:
    """Return at most so many points: the first and the last, and of each stretch between the lowest and the highest.

    >>> thin([(0, 0.0, 1.0), (1, 0.1, 9.0), (2, 0.2, 2.0), (3, 0.3, 0.0), (4, 0.4, 1.0)], 4)
    [(0, 0.0, 1.0), (1, 0.1, 9.0), (3, 0.3, 0.0), (4, 0.4, 1.0)]
    """
    if len(course) <= most:
        return list(course)
    inside, stretches = course[1:-1], (most - 2) // 2
    kept = [course[0]]
    for number in range(stretches):
        stretch = inside[len(inside) * number // stretches : len(inside) * (number + 1) // stretches]
        kept += sorted({min(stretch, key=_value), max(stretch, key=_value)})
    return [*kept, course[-1]]


def _value(point: Point) -> float:
    return point[2]
