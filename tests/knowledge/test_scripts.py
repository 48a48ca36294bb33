from __future__ import annotations

import pytest

from studio.knowledge.scripts import han_share


@pytest.mark.parametrize(
    ("text", "share"), [("肝素", 1.0), ("heparin 7", 0.0), ("", 0.0), ("12 。", 0.0), ("维生素B", 0.75), ("𠀀é", 0.5)]
)
def test_the_share_of_chinese(text: str, share: float) -> None:
    assert han_share(text) == share
