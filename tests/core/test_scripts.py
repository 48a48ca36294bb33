from __future__ import annotations

import pytest

from studio.core.scripts import han_share, words


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
