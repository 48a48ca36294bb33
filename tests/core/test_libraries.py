from __future__ import annotations

from importlib import metadata

from studio.core.libraries import versions


def test_versions_are_of_what_is_installed() -> None:
    assert versions(["pydantic", "no-such-package-here"]) == {"pydantic": metadata.version("pydantic")}
