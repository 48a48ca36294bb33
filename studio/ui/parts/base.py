"""What a live part of the page is: HTML that follows the run directories while somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from studio.ui.context import Context

Query = Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """A live part.

    Args:
        version: says in a few words what the part would show now; costs next to nothing, for it is asked every
            second. Equal versions show the same.
        render: returns the part's slices by name, in the order they stand in. The browser replaces only those that
            changed.
    """

    version: Callable[[Context, Query], str]
    render: Callable[[Context, Query], dict[str, Markup]]
