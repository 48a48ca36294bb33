"""A tiny engine, one for a module's tests, and a server around it on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.engines.backends.local import LocalEngine
from studio.engines.service import EngineService
from tests.engines.helpers import TOKEN, serving


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Iterator[LocalEngine]:
    with LocalEngine(tiny_model, max_context=512) as engine:
        yield engine


@pytest.fixture(scope="module")
def url(engine: LocalEngine) -> Iterator[str]:
    with serving(EngineService(TOKEN, engine)) as url:
        yield url
