from __future__ import annotations

import pytest

from studio.training.run_trainer import rate


@pytest.mark.parametrize("warmup, steps", [(0, 1), (0, 3), (1, 2), (1, 3), (10, 40)])
def test_every_step_learns_and_one_at_the_full_rate(warmup: int, steps: int) -> None:
    rates = [rate(step, warmup, steps) for step in range(steps)]
    assert min(rates) > 0
    assert max(rates) == rates[warmup] == 1


def test_the_ramp_is_even_and_the_descent_a_cosine() -> None:
    assert [rate(step, 1, 3) for step in range(3)] == pytest.approx([0.5, 1, 0.5])
