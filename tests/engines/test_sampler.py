"""Drawing tokens: the probabilities asked for, the nucleus asked for, the same draw for the same seed."""

from __future__ import annotations

import torch

from studio.engines.sampler import draw


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).unsqueeze(-1)


def draws(scores: list[float], temperature: float, top_p: float, count: int = 20_000) -> torch.Tensor:
    """Return how often each token is drawn, with uniform numbers spread evenly."""
    rows = torch.tensor([scores]).repeat(count, 1)
    uniform = ((torch.arange(count) + 0.5) / count).unsqueeze(-1)
    ones = torch.ones(count, 1)
    tokens = draw(rows, temperature * ones, top_p * ones, uniform)
    return torch.bincount(tokens, minlength=len(scores)) / count


def test_tokens_are_drawn_with_their_probability() -> None:
    scores = [0.0, 2.0, -1.0, 1.0]
    for temperature in (0.5, 1.0, 2.0):
        wanted = (torch.tensor(scores) / temperature).softmax(-1)
        assert torch.allclose(draws(scores, temperature, 1.0), wanted, atol=2e-3)


def test_the_nucleus_is_the_smallest_set_that_reaches_top_p() -> None:
    scores = torch.tensor([0.5, 0.2, 0.2, 0.1]).log().tolist()
    assert draws(scores, 1.0, 0.5).tolist() == [1.0, 0.0, 0.0, 0.0]
    found = draws(scores, 1.0, 0.6)
    assert torch.allclose(found[:2].sum(), torch.tensor(1.0))
    assert torch.allclose(draws(scores, 1.0, 0.85), torch.tensor([5, 2, 2, 0]) / 9, atol=2e-3)
    assert draws(scores, 1.0, 0.0).tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_cold_temperature_takes_the_best_and_never_fails() -> None:
    scores = torch.tensor([[1000.0, 1000.5, -1000.0]])
    for uniform in (0.0, 0.5, 0.999999):
        assert draw(scores, column(1e-4), column(1.0), column(uniform)).tolist() == [1]


def test_impossible_tokens_are_never_drawn() -> None:
    scores = torch.tensor([[0.0, float("-inf"), 0.0, float("-inf")]])
    found = {
        int(draw(scores, column(1.0), column(p), column(u))) for p in (1.0, 0.9) for u in (0.0, 0.4, 0.6, 0.9999999)
    }
    assert found == {0, 2}


def test_rows_are_drawn_on_their_own() -> None:
    scores = torch.tensor([[0.0, 5.0, 0.0], [5.0, 0.0, 0.0]])
    assert draw(scores, column(0.01, 0.01), column(1.0, 0.5), column(0.3, 0.9)).tolist() == [1, 0]
