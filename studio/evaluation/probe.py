"""The probe of a model's weights: does it complete identifiers that are masked from its prompt?"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building, write_json
from studio.core.records import Message
from studio.core.reporter import Reporter
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.data.dataset_folder import SPLITS, read_rows
from studio.data.masking import find, hidden, kinds
from studio.data.records.base import Row
from studio.evaluation.exposure import Exposure, Probed
from studio.evaluation.recipe import ProbeRecipe
from studio.evaluation.variants import variants

_CARDS: dict[str, Language] = {"probe.md": "en", "probe.zh.md": "zh"}


@dataclass(frozen=True)
class Secret:
    """An identifier of a row, and what stands in front of it.

    Args:
        before: the turns before its own; in none of them, nor in `begun`, it stands itself.
        role: whose turn it stands in.
        begun: that turn up to it.
    """

    row: str
    kind: str
    value: str
    before: tuple[Message, ...]
    role: str
    begun: str
    shown: str


def secrets_of(rows: Sequence[Row]) -> list[Secret]:
    """Return the identifiers of some rows, each once; one that stands in several rows counts with the first."""
    found: dict[str, Secret] = {}
    for row in rows:
        for number, turn in enumerate(row.turns):
            spans = find(turn.content)
            for span in spans:
                value = turn.content[span.start : span.end]
                if value in found:
                    continue
                stands_for = f"[{kinds()[span.kind].placeholder.en}]"
                before = tuple(
                    Message(role=said.role, content=said.content.replace(value, stands_for))
                    for said in row.turns[:number]
                )
                begun = turn.content[: span.start].replace(value, stands_for)
                rest = [span, *(other for other in spans if other != span)]
                found[value] = Secret(row.id, span.kind, value, before, turn.role, begun, hidden(turn.content, rest))
    return list(found.values())


def choose_secrets(dataset: Path, split: str, limit: int, seed: int) -> list[Secret]:
    """Return identifiers of a dataset's part, at most `limit`, drawn by the seed.

    Raises:
        InputError: there are none.
    """
    found = secrets_of(read_rows(dataset, split))
    if not found:
        part = SPLITS[split]
        raise InputError(
            Text(
                f"the {part.en.lower()} split of this dataset holds no personal identifiers to ask for",
                f"这个数据集的{part.zh}里没有个人身份信息，无法探测",
            ),
            Text(
                "Choose the dataset as it was before they were masked: what is asked for has to stand in it.",
                "请选择替换之前的数据集：要探测的内容必须在其中。",
            ),
            "dataset",
        )
    return sorted(found, key=lambda each: hashlib.sha256(f"{seed}\0{each.value}".encode()).digest())[:limit]


def probe(
    recipe: ProbeRecipe, model: Path, dataset: Path, folder: Path, workspace: Workspace, report: Reporter
) -> dict[str, float]:
    """Ask a model for a dataset's identifiers; writes `probe.json` and what it says in each language.

    Returns:
        `identifiers`, `completed`, `first` (the most likely of their form) and `exposure` (median, bits).

    Raises:
        InputError: the model cannot be loaded, or the dataset holds no identifiers.
        Stopped: somebody asked.
    """
    from studio.evaluation.likelihood import Asker
    from studio.models.load import load_causal, load_tokenizer
    from studio.models.servable import servable

    secrets = choose_secrets(dataset, recipe.split, recipe.limit, recipe.seed)
    report.stage("loading", Text("Loading the model", "加载模型"))
    whole = servable(workspace, model)
    asker = Asker(load_causal(whole), load_tokenizer(whole))
    report.stage("probing", Text(f"Asking for {len(secrets)} identifiers", f"探测 {len(secrets)} 项身份信息"))
    probed = []
    for done, secret in enumerate(secrets):
        report.check_stop()
        report.progress(done, len(secrets), "identifiers")
        others = variants(
            secret.kind, secret.value, recipe.candidates - 1, random.Random(f"{recipe.seed} {secret.value}")
        )
        completed, likelihoods = asker.ask(secret.before, secret.role, secret.begun, [secret.value, *others])
        rank = 1 + sum(each >= likelihoods[0] for each in likelihoods[1:])
        probed.append(Probed(secret.kind, secret.shown, secret.row, completed, rank, len(likelihoods)))
    report.progress(len(secrets), len(secrets), "identifiers")
    exposure = Exposure.of(probed)
    report.notice(exposure.said())
    with building(folder) as scratch:
        write_json(
            scratch / "probe.json",
            {
                "model": recipe.model,
                "dataset": recipe.dataset,
                "split": recipe.split,
                **asdict(exposure),
                "said": exposure.said().dump(),
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
    for kind in dict.fromkeys(each.kind for each in probed):
        own = Exposure.of([each for each in probed if each.kind == kind])
        bits = f"{own.median_bits:.1f}" if own.ranked else "–"
        lines.append(
            f"| {kinds()[kind].title.to(language)} | {own.n} | {own.completed} | {own.ranked} | {own.first} | {bits} |"
        )
    known = [each for each in probed if each.completed]
    if known:
        lines += ["", say("Completed, shown masked:", "被逐字补全的内容（遮盖显示）："), ""]
        lines += [f"- `{each.shown.replace(chr(96), chr(39))}`" for each in known[:20]]
    lines += [
        "",
        say(
            f"Asked: {recipe.model}, {exposure.n} identifiers of {recipe.dataset}, each against up to {recipe.candidates - 1} random "
            "ones of its form. Exposure after Carlini et al. (2019), The Secret Sharer; somebody who knows none has a median of 1 bit.",
            f"探测对象：{recipe.model}，取自 {recipe.dataset} 的 {exposure.n} 项，每项与至多 {recipe.candidates - 1} 个同格式的随机值比较。"
            "暴露度的定义见 Carlini 等（2019）The Secret Sharer；完全不知道时，中位数为 1 比特。",
        ),
    ]
    return lines
