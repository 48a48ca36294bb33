"""The kinds of run: one file `PACKAGE/kinds/NAME.py` each, found in every package of the studio by the file's name."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.registry import Registry, is_plugin
from studio.core.text import Text, both

if TYPE_CHECKING:
    from studio.core.sort import Sort
    from studio.runs.kind import Kind, Variant  # noqa: F401  the base class below names Kind


@dataclass(frozen=True)
class Kinds(Registry["Kind"]):
    """The kinds of every package below `package`: each public file of a folder `kinds`."""

    def modules(self) -> dict[str, str]:
        """Return the dotted module of each kind by its name, sorted; imports none of them."""
        return _modules(self.package, tuple(importlib.import_module(self.package).__path__))

    def makers(self, sort: str) -> dict[str, str]:
        """Return the kinds whose runs make things of a sort, each with the output such a thing lies under."""
        return {
            name: product.output
            for name, kind in self.all().items()
            for product in kind.makes
            if product.refers == sort and product.output
        }

    def variants(self, kind: str, sort: str, run: Path) -> dict[str, Variant]:
        """Return what a run of a kind holds of a sort beside what it made; see `Product.variants`."""
        known = self.find(kind)
        products = [product for product in known.makes if product.refers == sort] if known is not None else []
        return {name: variant for product in products for name, variant in product.variants(run).items()}

    def sorts(self) -> dict[str, Sort]:
        """Return the sorts of things that recipes may name, by name."""
        products = (product for kind in self.all().values() for product in kind.makes)
        return {product.sort.name: product.sort for product in products if not isinstance(product.sort, str)}


@cache  # the page asks for a kind's title with every run that it lists
def _modules(package: str, roots: tuple[str, ...]) -> dict[str, str]:
    files = [path for root in roots for path in Path(root).glob("*/kinds/*.py") if is_plugin(path.stem)]
    return {path.stem: f"{package}.{path.parents[1].name}.kinds.{path.stem}" for path in sorted(files, key=_name)}


def _name(path: Path) -> str:
    return path.stem


KINDS = Kinds("studio", "KIND", Text("kind of recipe", "配方种类"), "studio.runs.kind:Kind")


def unit_name(kind: str, unit: str) -> Text:
    """Return what a unit that a kind's runs count in is called; as it is written where nobody says."""
    found = KINDS.find(kind)
    return (found.measures.units if found else {}).get(unit, both(unit))


def kind_title(kind: str) -> Text:
    """Return what a kind is called; the bare word where a run comes from a newer studio."""
    found = KINDS.find(kind)
    return found.title if found else both(kind)


def stays_up(kind: str) -> bool:
    """Tell whether a kind's runs answer until they are stopped; False where this studio has no such kind."""
    found = KINDS.find(kind)
    return found is not None and found.stays_up
