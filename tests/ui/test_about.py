"""What the panel says of a run that has ended: what it was, what it found, and what it measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from studio.core.files import write_json
from studio.runs.directory import Run
from studio.runs.events import EventLog
from studio.runs.kinds import KINDS
from studio.runs.launch import prepare, user
from studio.ui.context import Context
from studio.ui.parts import PARTS

EVIL = "<script>alert(1)</script>"


def panel(context: Context, kind: str) -> dict[str, str]:
    return {name: str(html) for name, html in PARTS.load("panel").render(context, {"kind": kind}).items()}


def test_a_run_shows_its_recipe_its_inputs_and_how_to_do_it_again(
    en: Context, zh: Context, new_run: Callable[..., Run]
) -> None:
    data = new_run("dataset", name="d", sources=[{"file": "x"}])
    run = new_run("train", name="lora", dataset="d")
    sum_ = "c0d806c08a6cf1405849a0e4ceecf6a2"
    references = {
        "dataset": {"given": "d", "refers": "dataset", "path": f"runs/{data.id}/dataset", "run": data.id, "sha256": sum_, "rows": 470},
        "model": {"given": EVIL, "refers": "model", "path": "models/m", "run": "20200101-000000-train-gone"},
    }  # fmt: skip
    write_json(run.inputs_file, {"references": references, "user": "li", "revision": "0.1.0+abc"})
    run.write_result("finished", outputs={}, metrics={}, error=None, started=run.ticket().created)
    shown = panel(zh, "train")["about"]
    assert shown.startswith('<details class="about">'), "folded"
    assert f'<a href="#runs={data.id}">d</a>' in shown and sum_[:12] in shown and sum_ + "<" not in shown
    assert "数据集" in shown and "470" in shown and "li @ " in shown and "0.1.0+abc" in shown
    assert "train-gone" not in shown.replace(run.id, ""), "no link to a run that is not here"
    assert f'href="#train=run:{run.id}"' in shown and "用这份配方再来一次" in shown
    assert "name: lora" in shown and 'download="lora.yaml"' in shown
    assert EVIL not in shown
    assert "Again with this recipe" in panel(en, "train")["about"]


def test_a_kind_without_a_form_shows_the_command_and_unknown_things_are_left_out(
    en: Context, new_run: Callable[..., Run]
) -> None:
    run = new_run("pipeline", name="all", steps=[{"recipe": "x.yaml"}])
    (run.path / "ticket.json").unlink()
    shown = panel(en, "pipeline")["about"]
    assert f"python -m studio run runs/{run.id}/recipe.yaml" in shown
    assert "#pipeline=" not in shown and "Made by" not in shown and "Ended" not in shown


def test_whoever_starts_a_run_is_written_down(en: Context, new_run: Callable[..., Run]) -> None:
    (en.workspace.root / "x.yaml").write_text("kind: dataset\nname: d\nsources: [{file: x}]\n")
    recipe = KINDS.load("pipeline").recipe.model_validate(
        {"kind": "pipeline", "name": "p", "steps": [{"recipe": "x.yaml"}]}
    )
    assert prepare(en.workspace, recipe).inputs()["user"] == user() != ""


def test_a_training_shows_one_large_curve_and_the_figures_that_decide(en: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    events = EventLog(run.events_file)
    for step in range(1, 6):
        events.metric(step, {"loss": 3.0 / step, "learning_rate": 0.1, "grad_norm": 1.0})
        events.metric(step, {"eval_loss": 3.5 / step})
    (run.path / "model").mkdir()
    (run.path / "model" / "model.safetensors").write_bytes(b"0" * 1500)
    metrics = {"loss": 0.6, "train_loss": 1.2, "eval_loss": 0.7, "tokens_per_s": 130.0, "steps": 5}
    run.write_result("finished", outputs={"model": "model"}, metrics=metrics, error=None)
    shown = panel(en, "train")
    assert list(shown)[:7] == ["choice", "title", "progress", "words", "course", "metrics", "outputs"]
    assert shown["course"].count("<polyline") == 2 and 'class="plot large"' in shown["course"]
    assert "training loss and validation loss" in shown["course"]
    assert shown["plots"].count("<figure") == 2
    seen, _, folded = shown["metrics"].partition("<details")
    assert "validation loss" in seen and "tokens/s" not in seen and "lower is better" in seen
    assert "mean of all steps" in folded and "mean of all steps" not in seen
    assert 'href="#chat=model:lora"' in shown["outputs"] and 'href="#evaluate=model:lora"' in shown["outputs"]
    assert f"zip/{run.id}/model" in shown["outputs"] and "1.5 KB" in shown["outputs"]


def test_a_log_is_folded_unless_something_went_wrong(en: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("train", name="lora", dataset="d")
    assert 'class="logbox folded"' in panel(en, "train")["log"]
    assert 'aria-expanded="false"' in panel(en, "train")["log"]
    run.write_result("failed", outputs={}, metrics={}, error={"type": "x", "message": "m", "hint": ""})
    assert "folded" not in panel(en, "train")["log"]
    assert 'data-status="failed" data-said="Training lora: failed"' in panel(en, "train")["title"]


def report(run: Run, metrics: dict[str, Any]) -> None:
    (run.path / "report").mkdir(exist_ok=True)
    (run.path / "report" / "metrics.json").write_text(json.dumps(metrics))
    run.write_result("finished", outputs={"report": "report"}, metrics={}, error=None)


def test_an_evaluation_leads_with_what_it_found(en: Context, zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("evaluate", name="e", dataset="d", models=["m"])
    figure = {"value": 0.5, "low": 0.4, "high": 0.55, "n": 57}
    systems = {
        "m:direct": {"accuracy": figure, "accuracy/taught": figure, "unread": figure},
        f"{EVIL}:api": {"accuracy": figure},
    }
    text = {"en": "Accuracy: better by 12.7 points", "zh": "准确率：提高 12.7 个百分点"}
    sentence = {"claim": text, "subject": {"en": EVIL, "zh": EVIL}, "figures": "p = 0.039", "groups": "", "tone": EVIL}
    findings = [{"heading": {"en": "What fine-tuning changed", "zh": "微调带来的变化"}, "sentences": [sentence]}]
    report(run, {"systems": systems, "findings": findings})
    shown = panel(zh, "evaluate")["outputs"]
    places = [shown.index(word) for word in ("准确率：提高 12.7 个百分点", 'class="intervals"', "<table", "各列的含义")]
    assert places == sorted(places)
    assert 'style="left:66.67%;width:25.00%"' in shown, "on a scale that ends at 60 %"
    assert "95% 置信区间 40% 至 55%" in shown and "n = 57" in shown
    assert "没有任何规则能读出" in shown.partition("各列的含义")[2], "a flag is explained to those without a mouse"
    assert '<span class="tag">taught</span>' in shown.partition("按题目分组")[2]
    assert EVIL not in shown
    assert "Accuracy: better by 12.7 points" in panel(en, "evaluate")["outputs"]


def test_older_reports_are_read_as_far_as_they_go(zh: Context, new_run: Callable[..., Run]) -> None:
    run = new_run("evaluate", name="e", dataset="d", models=["m"])
    figure = {"value": 0.5, "low": 0.4, "high": 0.55, "n": 57}
    report(run, {"contestants": {"m:direct": {"accuracy": figure}}})
    assert "findings" not in panel(zh, "evaluate")["outputs"]
    comparison = {
        "question": "tuning", "a": "a:direct", "b": "b:direct", "metric": "accuracy", "difference": 0.3, "low": 0.1,
        "high": 0.5, "p": 0.01, "n": 57, "both": 20, "only_a": 20, "only_b": 3, "neither": 14,
    }  # fmt: skip
    scorers = {"accuracy": {"title": {"en": "Accuracy", "zh": "准确率"}, "help": "", "binary": True}}
    report(run, {"systems": {}, "comparisons": [comparison], "modes": {}, "scorers": scorers, "flags": {}})
    shown = panel(zh, "evaluate")["outputs"]
    assert '<li class="up"' in shown and "准确率：提高 30.0 个百分点" in shown and "微调带来的变化" in shown
