"""The probe of a model's weights: does it complete identifiers that are masked from its prompt?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.core.files import building, write_json
from studio.core.reporter import Reporter
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.evaluation.exposure import Exposure, Probed
from studio.evaluation.recipe import ProbeRecipe
from studio.evaluation.secrets import MARKED, choose_secrets, title_of
from studio.evaluation.variants import variants

_CARDS: dict[str, Language] = {"probe.md": "en", "probe.zh.md": "zh"}


def probe(
    recipe: ProbeRecipe,
    model: Path,
    dataset: Path | None,
    files: Sequence[Path],
    folder: Path,
    workspace: Workspace,
    report: Reporter,
) -> dict[str, float]:
    """Ask a model for the identifiers of a dataset and of texts; writes `probe.json` and what it says in each language.

    Returns:
        `identifiers`, `completed`, `first` (the most likely of their form) and `exposure` (median, bits).

    Raises:
        InputError: the model cannot be loaded, or there are no identifiers to ask for.
        Stopped: somebody asked.
    """
    from studio.evaluation.likelihood import Asker
    from studio.models.load import load_causal, load_tokenizer
    from studio.models.servable import servable

    secrets = choose_secrets(recipe, dataset, files)
    report.stage("loading", Text("Loading the model", "加载模型"))
    whole = servable(workspace, model)
    asker = Asker(load_causal(whole), load_tokenizer(whole))
    report.stage("probing", Text(f"Asking for {len(secrets)} identifiers", f"探测 {len(secrets)} 项身份信息"))
    probed = []
    for done, secret in enumerate(secrets):
        report.check_stop()
        report.progress(done, len(secrets), "identifiers")
        rng = random.Random(f"{recipe.seed} {secret.value}")
        others = [] if secret.kind == MARKED else variants(secret.kind, secret.value, recipe.candidates - 1, rng)
        completed, likelihoods = asker.ask(secret.before, secret.role, secret.begun, [secret.value, *others])
        rank = 1 + sum(each >= likelihoods[0] for each in likelihoods[1:])
        probed.append(Probed(secret.kind, secret.shown, secret.row, completed, rank, len(likelihoods)))
    report.progress(len(secrets), len(secrets), "identifiers")
    exposure = Exposure.of(probed)
    report.stage("told", exposure.said())  # the panel shows it with the figures
    with building(folder) as scratch:
        write_json(
            scratch / "probe.json",
            {
                "model": recipe.model,
                "dataset": recipe.dataset,
                "split": recipe.split,
                "files": recipe.files,
                "texts": len(recipe.texts),
                **asdict(exposure),
                "traces": exposure.ranks_them,
                "said": exposure.said().dump(),
                "kinds": _by_kind(probed),
                "identifiers": [{**asdict(each), "exposure": each.exposure} for each in probed],
            },
        )
        for name, language in _CARDS.items():
            (scratch / name).write_text("\n".join(_lines(recipe, exposure, probed, language)), encoding="utf-8")
    return {
        "identifiers": float(exposure.n),
        "completed": float(exposure.completed),
        "first": float(exposure.first),
        "exposure": exposure.median_bits,
    }


def _lines(recipe: ProbeRecipe, exposure: Exposure, probed: Sequence[Probed], language: Language) -> list[str]:
    """Return the report in Markdown: the sentence, a line a kind, and the identifiers that it completes, masked."""

    def say(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    lines = [exposure.said().to(language), ""]
    lines += [
        say(
            "| Kind | n | completed | ranked | first | median exposure, bits |",
            "| 类型 | n | 逐字补全 | 参与排名 | 排在首位 | 暴露度中位数（比特） |",
        )
    ]
    lines += ["|---|---:|---:|---:|---:|---:|"]
    for kind in _by_kind(probed):
        title = Text.load(kind["title"]).to(language)
        bits = f"{kind['median_bits']:.1f}" if kind["ranked"] else "–"
        lines.append(f"| {title} | {kind['n']} | {kind['completed']} | {kind['ranked']} | {kind['first']} | {bits} |")
    known = [each for each in probed if each.completed]
    if known:
        lines += ["", say("Completed, shown masked:", "被逐字补全的内容（遮盖显示）："), ""]
        lines += [f"- `{each.shown.replace(chr(96), chr(39))}`" for each in known[:20]]
    lines += [
        "",
        say(
            f"Asked: {recipe.model}, {exposure.n} identifiers of {_sources(recipe).en}, each against up to {recipe.candidates - 1} random "
            "ones of its form. Exposure after Carlini et al. (2019), The Secret Sharer; somebody who knows none has a median of 1 bit.",
            f"探测对象：{recipe.model}，取自{_sources(recipe).zh}的 {exposure.n} 项，每项与至多 {recipe.candidates - 1} 个同格式的随机值比较。"
            "暴露度的定义见 Carlini 等（2019）The Secret Sharer；完全不知道时，中位数为 1 比特。",
        ),
    ]
    return lines


def _by_kind(probed: Sequence[Probed]) -> list[dict[str, Any]]:
    """Return what came of each kind, under its title, in the order of their first ones."""
    told = []
    for kind in dict.fromkeys(each.kind for each in probed):
        own = Exposure.of([each for each in probed if each.kind == kind])
        told.append({"kind": kind, "title": title_of(kind).dump(), **asdict(own)})
    return told


def _sources(recipe: ProbeRecipe) -> Text:
    """Return what the identifiers stand in."""
    en = [*filter(None, [recipe.dataset]), *recipe.files]
    zh = [f" {name} " for name in en]
    if recipe.texts:
        en.append("the recipe's texts")
        zh.append("配方中的文本")
    return Text(" and ".join(en), "、".join(zh))
