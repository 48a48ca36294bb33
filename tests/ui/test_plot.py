"""Plots as SVG: round ticks, few points, nothing of anyone's unescaped."""

from __future__ import annotations

import math

from studio.ui.plot import MOST_POINTS, plot, thin, ticks


def test_ticks_are_round_and_enclose() -> None:
    for low, high in ((0.3, 2.2), (0, 1), (-5, 7), (1e-5, 2e-4), (430, 470), (0, 299)):
        marks = ticks(low, high)
        assert marks[0] <= low + 1e-12
        assert marks[-1] >= high - 1e-12
        assert 3 <= len(marks) <= 8


def test_a_long_course_is_thinned_and_keeps_its_end() -> None:
    course = [(step, float(step % 7)) for step in range(5000)]
    drawn = thin(course)
    assert len(drawn) == MOST_POINTS
    assert drawn[-1] == course[-1]


def test_one_value_equal_values_and_no_numbers() -> None:
    assert "<circle" in plot("x", {"x": [(3, 1.0)]}, "step")
    assert "<polyline" in plot("x", {"x": [(1, 2.0), (2, 2.0)]}, "step")
    assert plot("x", {"x": [(1, math.nan)]}, "step") == ""
    assert "<polyline" in plot("x", {"x": [(1, math.inf), (2, 1.0), (3, 2.0)]}, "step")


def test_names_are_escaped() -> None:
    html = plot("<b>", {'"><script>': [(1, 1.0), (2, 2.0)]}, "<i>")
    assert "<script>" not in html
    assert "<b>" not in html.replace("<b>2</b>", "")
