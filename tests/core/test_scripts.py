from __future__ import annotations

import pytest

from studio.core.sample import sampled_lines
from studio.core.scripts import han_share, language_of, words
from studio.core.workspace import REPOSITORY


@pytest.mark.parametrize(
    ("text", "share"), [("肝素", 1.0), ("heparin 7", 0.0), ("", 0.0), ("12 。", 0.0), ("维生素B", 0.75), ("𠀀é", 0.5)]
)
def test_the_share_of_chinese(text: str, share: float) -> None:
    assert han_share(text) == share


def test_words_of_mixed_scripts() -> None:
    assert words("二〇二〇年用𠀀𠀁B12拮抗 x_y") == [
        "二",
        "〇",
        "二",
        "〇",
        "年",
        "用",
        "𠀀",
        "𠀁",
        "B12",
        "拮",
        "抗",
        "x",
        "y",
    ]


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["下列哪一项是肝素过量的拮抗药？", "阿片类中毒首选的解救药物是什么？"], "zh"),
        (["ACEI 类药物（captopril、enalapril）的主要禁忌证是什么？请简要说明。"], "zh"),
        (["What is the antidote to heparin, and how is it given?", "Which vitamin reverses warfarin?"], "en"),
        (["What is the antidote to 肝素, and how is it given to a child?"], "en"),
        (["What is the antidote to heparin, and how is it given?", "肝素过量时首选的拮抗药物是什么？"], None),
        (["Quel antidote donner après une surdose de paracétamol chez l'adulte ?"] * 3, None),
        (["ヘパリンの拮抗薬として正しいのはどれか。以下から選びなさい。"] * 3, None),
        (["肝素？", "ok"], None),
        ([], None),
    ],
)
def test_a_language_is_named_only_where_nearly_all_is_in_it(texts: list[str], language: str | None) -> None:
    assert language_of(texts) == language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_language_of_the_shipped_texts(language: str) -> None:
    for folder in (REPOSITORY / "recipes" / "demo").glob(f"*.{language}.jsonl"):
        assert language_of(sampled_lines(folder)) == language, folder
    for page in (REPOSITORY / "knowledge" / f"demo-{language}").glob("*.md"):
        assert language_of([page.read_text(encoding="utf-8")]) == language, page
