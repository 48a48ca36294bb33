"""What an uploaded text holds, said before any run."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import InputError
from studio.knowledge.preview import preview, suffixes


def test_a_text_says_how_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "教材.md"
    path.write_text("# 肝素\n\n鱼精蛋白。", encoding="utf-8")
    assert preview(path).zh.startswith("开头：")
    assert path.suffix in suffixes()


def test_a_file_of_no_format_that_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "教材.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    with pytest.raises(InputError) as caught:
        preview(path)
    assert "无法读取" in caught.value.to("zh")
