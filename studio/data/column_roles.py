"""What the columns of a row mean, worked out once for all rows that have the same columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from studio.data.roles import IGNORED, LABELS, OPTION, named_roles, rank

_OPTIONS = f"{OPTION} "


@dataclass(frozen=True, eq=False)  # told apart by identity, which is quick: those of the same columns are one
class ColumnRoles:
    """The roles of a row's columns.

    Args:
        columns: the columns of each role, the one that is read first in front.
        of_each: the role of each column in the row's order; empty where it has none.
        options: the roles of the columns that hold one option each, in order.
        labels: the roles that say something of the row, of those that it has.
        ignored: the columns that are left out.
    """

    columns: Mapping[str, tuple[str, ...]]
    of_each: tuple[str, ...]
    options: tuple[str, ...]
    labels: tuple[str, ...]
    ignored: tuple[str, ...]


@lru_cache(maxsize=1024)
def column_roles(names: tuple[str, ...], given: tuple[tuple[str, str], ...] = ()) -> ColumnRoles:
    """Return what columns mean.

    Args:
        given: roles that the recipe gives to columns, in the order of the columns.
    """
    chosen = dict(given)
    roles = named_roles(names, chosen)
    found: dict[str, list[str]] = {}
    for column, role in roles.items():
        found.setdefault(role, []).append(column)
    columns = {
        role: tuple(sorted(several, key=lambda column: (column not in chosen, rank(column))))
        for role, several in found.items()
    }
    return ColumnRoles(
        columns,
        tuple(roles.get(name, "") for name in names),
        tuple(sorted(role for role in columns if role.startswith(_OPTIONS))),
        tuple(role for role in LABELS if role in columns),
        columns.get(IGNORED, ()),
    )
