"""The line below a form's buttons."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.ui.context import Context
from studio.ui.form.forecast_line import forecast_line

DATASET = "kind: dataset\nname: new\nsources:\n- {file: uploads/few.jsonl}\n"


def test_what_will_be_done_is_said_in_the_page_s_language(en: Context, zh: Context, few_rows: Path) -> None:
    told = '<div class="forecast" role="status"><div class="amounts"><span>{}</span></div></div>'
    assert forecast_line(en, "dataset", DATASET) == told.format("1 file · 40 rows")
    assert forecast_line(zh, "dataset", DATASET) == told.format("1 个文件 · 40 行数据")


@pytest.mark.parametrize(
    "text",
    ["", "kind: [", "kind: dataset\n", DATASET.replace("few", "gone"), DATASET + "colour: red\n", "kind: fetch\nmodel: a/b\nname: n\n"],
)  # fmt: skip
def test_a_recipe_with_faults_has_no_line(en: Context, few_rows: Path, text: str) -> None:
    assert forecast_line(en, "dataset", text) == ""


def test_warnings_stand_below_and_are_text(zh: Context, tiny_model: Path) -> None:
    (zh.workspace.models / "<b>tiny").symlink_to(tiny_model)
    (zh.workspace.root / "rows").mkdir()
    rows = '{"id": "1", "stem": "肝素过量时首选哪种药物拮抗？", "gold": "鱼精蛋白"}\n' * 4
    (zh.workspace.root / "rows" / "train.jsonl").write_text(rows, encoding="utf-8")
    line = forecast_line(zh, "train", 'kind: train\nname: n\ndataset: rows\nmodel: "models/<b>tiny"\n')
    assert "<span>4 行 × 3 轮 → 2 步</span>" in line
    assert '<div class="heed">数据是中文，而 models/&lt;b&gt;tiny 基本不懂中文' in line
