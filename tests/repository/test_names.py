"""A name means one thing."""

from __future__ import annotations

import ast
from collections import Counter

from studio.core.workspace import REPOSITORY


def test_no_class_name_stands_twice() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (REPOSITORY / "studio").rglob("*.py")]
    counts = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in counts.items() if count > 1] == []
