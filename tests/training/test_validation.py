from __future__ import annotations

import math

import pytest

from studio.training.validation import Judge

NAN = math.nan


@pytest.mark.parametrize(
    ("values", "improved", "exhausted"),
    [
        ([], False, False),
        ([2.0], True, False),
        ([2.0, 1.0], True, False),
        ([1.0, 1.0], False, False),
        ([1.0, 2.0, 1.5], False, True),
        ([2.0, 3.0, 1.0], True, False),
        ([NAN], False, False),
        ([NAN, NAN], False, True),
        ([NAN, 2.0], True, False),
        ([2.0, NAN, NAN], False, True),
    ],
)
def test_the_best_and_the_patience_follow_from_what_was_logged(
    values: list[float], improved: bool, exhausted: bool
) -> None:
    history = [{"step": step, "loss": 9.0} for step in range(3)]
    history += [{"step": step, "eval_loss": value} for step, value in enumerate(values)]
    judge = Judge(patience=2)
    assert judge.improved(history) == improved
    assert judge.exhausted(history) == exhausted
    assert not Judge(patience=None).exhausted(history)


def test_a_metric_may_be_better_when_it_is_higher() -> None:
    judge = Judge("eval_accuracy", "higher")
    assert judge.improved([{"eval_accuracy": 0.1}, {"eval_accuracy": 0.2}])
    assert not judge.improved([{"eval_accuracy": 0.2}, {"eval_accuracy": 0.1}])
