from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.core.errors import InputError, StudioError
from studio.core.modelcard import is_adapter
from studio.core.named_input import NamedInput
from studio.core.records import Message
from studio.core.reporter import Silent, Stopped
from studio.core.workspace import Workspace
from studio.data.records.base import Row
from studio.data.records.question import Question
from studio.models.chat_template import IGNORED, prompt_ids
from studio.models.folder import base_of, check_folder
from studio.models.load import load_causal, load_tokenizer
from studio.models.servable import servable
from studio.runs.events import read_events
from studio.runs.job import Job
from studio.runs.launch import launch
from studio.runs.process import end_now
from studio.runs.view import series, view
from studio.training import checkpoints
from studio.training.encoding import encode
from studio.training.kinds.train import run
from studio.training.recipe import TrainRecipe
from studio.training.train import train
from tests.training.conftest import FACTS, Order, again, questions, write_dataset


def losses(job: Job) -> dict[int, float]:
    """The loss curve as a page would draw it."""
    return dict(series(read_events(job.run.events_file)[0])["loss"])


def answer(folder: Path, question: str) -> str:
    """What a model folder says to a question, greedily."""
    tokenizer, model = load_tokenizer(folder), load_causal(folder)
    prompt = torch.tensor([prompt_ids(tokenizer, [Message(role="user", content=question)])])
    said = model.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=60,
        do_sample=False,
        eos_token_id=tokenizer.eos_token_id,
    )
    return str(tokenizer.decode(said[0, prompt.shape[1] :], skip_special_tokens=True))


def loss_of(folder: Path, facts: Sequence[Row] | None = None) -> float:
    """The mean loss of a model folder on rows, the facts where none are given, a token."""
    tokenizer, model = load_tokenizer(folder), load_causal(folder)
    rows = encode(facts or questions(), tokenizer, 512).rows
    total, count = 0.0, 0
    for row in rows:
        labels = torch.tensor([row["labels"]])
        labelled = int((labels[:, 1:] != IGNORED).sum())
        with torch.no_grad():
            total += model(input_ids=torch.tensor([row["input_ids"]]), labels=labels).loss.item() * labelled
        count += labelled
    return total / count


def wait_for(happened: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def stop_at(job: Job, step: int) -> threading.Thread:
    """Ask a run to stop once it is at a step."""

    def callback() -> None:
        wait_for(lambda: view(job.run).progress.done >= step)
        job.run.ask_stop()

    thread = threading.Thread(target=callback, daemon=True)
    thread.start()
    return thread


def test_lora_learns_four_rows_and_its_adapter_reloads(order: Order, workspace: Workspace) -> None:
    recipe, job = order(val=questions(), epochs=30, rank=16, alpha=32)
    outcome = run(recipe, job)
    curve = losses(job)
    assert list(curve) == list(range(1, 31))
    assert curve[30] < curve[1] - 0.5  # as far as adapters get under a random, frozen head

    model = job.path / "model"
    assert is_adapter(model)
    card = json.loads((model / "studio.json").read_text())
    assert card["base"]["given"] == recipe.model
    assert base_of(workspace, model).path == Path(recipe.model)
    assert loss_of(servable(workspace, model)) == pytest.approx(outcome.metrics["eval_loss"], abs=0.02)

    assert outcome.outputs == {"model": "model"}
    assert outcome.metrics["steps"] == 30
    assert min(outcome.metrics[name] for name in ("seconds", "tokens_per_s", "samples_per_s", "peak_memory_mb")) > 0
    assert curve[30] < outcome.metrics["train_loss"] < curve[1]
    seen = view(job.run)
    assert (seen.progress.done, seen.progress.total, seen.progress.unit) == (30, 30, "steps")
    assert {"loss", "learning_rate", "grad_norm", "tokens_per_s", "samples_per_s", "eval_loss"} <= set(seen.metrics)
    assert [checkpoint.why for checkpoint in checkpoints.found(job.path)] == ["end"]
    assert not list(job.path.rglob("*.bin")), "pickles of ours that nothing needs"


def test_full_writes_a_whole_model(order: Order, workspace: Workspace) -> None:
    recipe, job = order(method="full", epochs=100, learning_rate=3e-3)
    run(recipe, job)
    model = job.path / "model"
    check_folder(model)
    assert not is_adapter(model)
    assert {value.dtype for value in load_file(model / "model.safetensors").values()} == {torch.bfloat16}
    assert answer(model, "What reverses heparin?") == FACTS["What reverses heparin?"]


def test_qlora_learns_over_four_bits(order: Order) -> None:
    recipe, job = order(method="qlora", epochs=20)
    run(recipe, job)
    curve = losses(job)
    assert curve[20] < curve[1] - 0.3
    assert is_adapter(job.path / "model")


def test_accumulated_batches_make_the_same_step(order: Order) -> None:
    curves = []
    for fields in ({"batch_size": 4}, {"batch_size": 2, "accumulate": 2}, {"batch_size": 4, "save_memory": True}):
        recipe, job = order(epochs=5, **fields)
        run(recipe, job)
        curves.append(losses(job))
    assert len(curves[0]) == 5
    assert curves[1] == pytest.approx(curves[0], rel=0.05)
    assert curves[2] == pytest.approx(curves[0], rel=0.01)


def test_max_steps_ends_early_and_never_prolongs(order: Order) -> None:
    recipe, job = order(epochs=10, max_steps=3)
    assert run(recipe, job).metrics["steps"] == 3
    recipe, job = order(epochs=2, max_steps=50)
    assert run(recipe, job).metrics["steps"] == 2


def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(order: Order, workspace: Workspace) -> None:
    fields = {"epochs": 20, "train": questions(4), "checkpoint_every": 1000, "evaluate_every": 30}
    recipe, undisturbed = order(**fields)
    run(recipe, undisturbed)

    recipe, job = order(**fields)
    stopper = stop_at(job, 10)
    with pytest.raises(Stopped):
        run(recipe, job)
    stopper.join()
    stopped_at = max(losses(job))
    assert 10 <= stopped_at < 80
    assert not (job.path / "model").exists()

    job.run.stop_file.unlink()
    outcome = run(recipe, again(job.run, workspace))
    assert outcome.metrics["steps"] == 80
    assert list(losses(job)) == list(range(1, 81))
    assert losses(job) == pytest.approx(losses(undisturbed), rel=0.01)
    assert outcome.metrics["train_loss"] == pytest.approx(sum(losses(job).values()) / 80, rel=1e-3)


def test_a_killed_training_goes_on_from_its_last_whole_checkpoint(order: Order, workspace: Workspace) -> None:
    recipe, job = order(epochs=100, train=questions(8), checkpoint_every=10)
    launch(workspace, job.run)
    wait_for(lambda: checkpoints.newest(job.path) is not None)
    process = job.run.process()
    assert process is not None
    end_now(process.family())
    assert job.run.status() == "crashed"
    torn = checkpoints.at(job.path, 3000)
    torn.mkdir()
    (torn / "adapter_config.json").write_text("{")

    shorter = recipe.model_copy(update={"max_steps": 5 + max(losses(job))})
    outcome = run(shorter, again(job.run, workspace))
    assert list(losses(job)) == list(range(1, int(outcome.metrics["steps"]) + 1))
    assert not torn.exists()
    assert is_adapter(job.path / "model")


def test_a_training_stopped_after_its_last_step_only_writes_its_model(order: Order, workspace: Workspace) -> None:
    recipe, job = order(epochs=3)
    run(recipe, job)
    shutil.rmtree(job.path / "model")
    outcome = run(recipe, again(job.run, workspace))
    assert is_adapter(job.path / "model")
    assert outcome.metrics["steps"] == 3


@pytest.mark.parametrize("max_steps", [3, 2])
def test_a_training_cut_short_by_max_steps_takes_no_step_more_when_resumed(
    order: Order, workspace: Workspace, max_steps: int
) -> None:
    recipe, job = order(epochs=10, max_steps=3, batch_size=2, checkpoint_every=3)
    run(recipe, job)
    weights = load_file(job.path / "model" / "adapter_model.safetensors")
    shutil.rmtree(job.path / "model")
    outcome = run(recipe.model_copy(update={"max_steps": max_steps}), again(job.run, workspace))
    assert list(losses(job)) == [1, 2, 3]
    assert outcome.metrics["train_loss"] == pytest.approx(sum(losses(job).values()) / 3, rel=1e-3)
    after = load_file(job.path / "model" / "adapter_model.safetensors")
    assert all(torch.equal(after[name], value) for name, value in weights.items())


def test_a_single_step_learns_at_the_full_rate(order: Order) -> None:
    recipe, job = order(max_steps=1)
    run(recipe, job)
    rates = dict(series(read_events(job.run.events_file)[0])["learning_rate"])
    assert rates == {1: recipe.learning_rate}
    weights = load_file(job.path / "model" / "adapter_model.safetensors")
    assert any(value.any() for name, value in weights.items() if "lora_B" in name), "B begins at 0"


def test_the_learning_rate_rises_from_its_first_step_and_never_falls_to_nothing(order: Order) -> None:
    recipe, job = order(epochs=10, warmup=0.3)
    run(recipe, job)
    rates = list(dict(series(read_events(job.run.events_file)[0])["learning_rate"]).values())
    assert rates[:4] == pytest.approx([recipe.learning_rate * share for share in (0.25, 0.5, 0.75, 1)], rel=1e-3)
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[-1] > 0


def test_the_validation_loss_is_a_mean_over_tokens_whatever_the_batches(order: Order) -> None:
    # the tiny model repeats itself gladly: a long repetition costs little a token, a short sentence much
    rows = [*questions(), Question(id="long", stem="K", gold="sulfate " * 40)]
    measured = []
    for batch_size in (1, 5):
        recipe, job = order(val=rows, max_steps=1, batch_size=batch_size, learning_rate=1e-9)
        measured.append(run(recipe, job).metrics["eval_loss"])
    assert measured[0] == pytest.approx(measured[1], abs=0.02)
    assert measured[0] == pytest.approx(loss_of(Path(recipe.model), rows), abs=0.02)


def test_a_loss_that_is_no_number_says_what_to_do(order: Order, tiny_model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tiny_model, broken)
    weights = load_file(broken / "model.safetensors")
    weights["model.norm.weight"] = torch.full_like(weights["model.norm.weight"], float("inf"))
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    recipe, job = order(model=str(broken))
    with pytest.raises(StudioError, match="no longer a number") as caught:
        run(recipe, job)
    assert caught.value.hint is not None
    assert "learning_rate" in caught.value.hint.en
    assert checkpoints.newest(job.path) is None
    assert not (job.path / "model").exists()


def test_a_model_without_weights_is_the_users_mistake(order: Order, tiny_model: Path, tmp_path: Path) -> None:
    hollow = tmp_path / "hollow"
    shutil.copytree(tiny_model, hollow)
    (hollow / "model.safetensors").unlink()
    recipe, job = order(model=str(hollow))
    with pytest.raises(InputError, match="no weights"):
        run(recipe, job)


def test_a_training_needs_no_run(workspace: Workspace, tiny_model: Path, tmp_path: Path) -> None:
    recipe = TrainRecipe(name="tiny", model=str(tiny_model), dataset="facts", max_steps=2, rank=4)
    dataset = write_dataset(tmp_path / "facts", questions())
    metrics = train(recipe, NamedInput.at(tiny_model), dataset, tmp_path / "trained", workspace, Silent())
    assert metrics["steps"] == 2
    assert is_adapter(tmp_path / "trained" / "model")
    assert base_of(workspace, tmp_path / "trained" / "model").path == tiny_model


@pytest.mark.real
def test_smollm2_takes_a_few_steps(order: Order, smollm2: Path) -> None:
    recipe, job = order(model=str(smollm2), epochs=6, learning_rate=1e-3, rank=8)
    outcome = run(recipe, job)
    curve = losses(job)
    assert list(curve) == [1, 2, 3, 4, 5, 6]
    assert curve[6] < curve[1] - 0.5
    assert outcome.metrics["tokens_per_s"] > 0
