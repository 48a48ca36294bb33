"""Steps that do not fit into memory are learned in parts; steps that are no numbers end a training before its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio.core.errors import StudioError
from studio.core.reporter import Stopped
from studio.core.workspace import Workspace
from studio.runs.events import read_events
from studio.runs.job import Job
from studio.runs.view import series, view
from studio.training import checkpoints, trainer
from studio.training.kinds.train import run
from tests.training.conftest import Order, again, questions

FIELDS: dict[str, Any] = {"train": questions(4), "epochs": 2, "batch_size": 4, "dropout": 0.1}
Change = Callable[[Any], object]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Do something with every trainer that is built."""

    def set_(change: Change) -> None:
        build = trainer.build

        def built(*args: Any, **kwargs: Any) -> Any:
            made = build(*args, **kwargs)
            change(made)
            return made

        monkeypatch.setattr(trainer, "build", built)

    return set_


def small_card(rows: int, after: int = 0) -> Change:
    """A device that has no room for more rows at once than so many, from a call of the model on."""
    calls = 0

    def look(model: Any, args: Any, kwargs: Any) -> None:
        nonlocal calls
        calls += 1
        if model.training and calls > after and len(kwargs["input_ids"]) > rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    return lambda made: made.model.register_forward_pre_hook(look, with_kwargs=True)


def turns(made: Any) -> list[str]:
    """The ids of a trainer's rows in the order in which they are learned."""
    return [made.ids[row] for row in made.order]


def losses(job: Job) -> dict[int, float]:
    return dict(series(read_events(job.run.events_file)[0])["loss"])


def weights(job: Job) -> dict[str, torch.Tensor]:
    return dict(load_file(job.path / "model" / "adapter_model.safetensors"))


def test_what_does_not_fit_is_learned_in_parts_of_the_same_step(
    order: Order, changed: Callable[[Change], None]
) -> None:
    recipe, calm = order(**{**FIELDS, "dropout": 0.0})
    run(recipe, calm)
    changed(small_card(1, after=3))
    recipe, job = order(**{**FIELDS, "dropout": 0.0})
    run(recipe, job)
    assert list(losses(job)) == list(losses(calm)) == list(range(1, 9))
    assert losses(job) == pytest.approx(losses(calm), rel=0.02)
    [notice] = [text.en for text in view(job.run).notices]
    assert notice.startswith("Step 4 did not fit into memory")
    assert "1 row at a time" in notice
    assert [item.parts for item in checkpoints.found(job.path)] == [4]


def test_a_narrowed_training_resumes_to_the_same_bits(
    order: Order, changed: Callable[[Change], None], workspace: Workspace
) -> None:
    changed(small_card(2))
    recipe, calm = order(**FIELDS)
    run(recipe, calm)
    recipe, job = order(**FIELDS, checkpoint_every=3)

    asked = [True]

    def stop(made: Any) -> None:
        made.model.register_forward_hook(
            lambda *_: job.run.ask_stop() if asked and made.state.global_step == 4 else None
        )

    changed(stop)
    with pytest.raises(Stopped):
        run(recipe, job)
    newest = checkpoints.newest(job.path)
    assert newest is not None
    assert (newest.step, newest.parts) == (5, 2)
    job.run.stop_file.unlink()
    asked.clear()
    run(recipe, again(job.run, workspace))
    assert losses(job) == losses(calm)
    assert all(torch.equal(value, weights(calm)[name]) for name, value in weights(job).items())


def test_a_row_that_does_not_fit_alone_says_what_helps(order: Order, changed: Callable[[Change], None]) -> None:
    changed(small_card(0))
    recipe, job = order(**FIELDS)
    with pytest.raises(StudioError, match="even with one row at a time") as caught:
        run(recipe, job)
    assert caught.value.hint is not None
    assert "batch_size" not in caught.value.hint.en


def test_a_loss_that_is_no_number_names_its_rows(order: Order, changed: Callable[[Change], None]) -> None:
    made: list[Any] = []

    def break_(trainer_: Any) -> None:
        made.append(trainer_)
        calls = 0

        def spoil(model: Any, args: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == 4:  # the second batch of the second step
                weight = next(weight for weight in model.parameters() if weight.requires_grad)
                weight.data.fill_(torch.nan)

        trainer_.model.register_forward_pre_hook(spoil)

    changed(break_)
    recipe, job = order(**{**FIELDS, "batch_size": 2, "accumulate": 2}, checkpoint_every=1)
    with pytest.raises(StudioError, match="at step 2: the loss is no longer a number") as caught:
        run(recipe, job)
    assert f"(rows: {', '.join(turns(made[0])[6:8])})" in caught.value.message.en
    newest = checkpoints.newest(job.path)
    assert newest is not None
    assert newest.step == 1


def test_a_gradient_that_is_no_number_ends_it_too(order: Order, changed: Callable[[Change], None]) -> None:
    def break_(made: Any) -> None:
        weight = next(weight for weight in made.model.parameters() if weight.requires_grad)
        weight.register_hook(lambda gradient: gradient * torch.inf if made.state.global_step == 2 else gradient)

    changed(break_)
    recipe, job = order(**FIELDS)
    with pytest.raises(StudioError, match="at step 3: the gradient is no longer a number") as caught:
        run(recipe, job)
    assert caught.value.message.en.count("q") >= 4  # the ids of its rows


def test_a_step_learns_the_same_rows_in_however_many_batches(order: Order, changed: Callable[[Change], None]) -> None:
    made: list[Any] = []
    changed(made.append)
    for fields in ({"batch_size": 8}, {"batch_size": 2, "accumulate": 4}):
        recipe, job = order(train=questions(6), epochs=2, **fields)
        run(recipe, job)
    assert turns(made[0]) == turns(made[1])
