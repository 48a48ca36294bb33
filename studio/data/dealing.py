"""Dealing rows out: which part each family of rows goes to, which rows give way, and which are merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from studio.core.errors import InputError
from studio.core.option import called
from studio.core.text import Text
from studio.data.conversion import Dropped
from studio.data.dataset_folder import BY_SHARES, KEPT, SPLITS
from studio.data.deduplicate import POOLS, WEAKEST_FIRST, Deduplicator, MergedRow
from studio.data.families import Families
from studio.data.recipe import DatasetRecipe

_TRAIN, _VAL, _TEST = range(3)
_EDGE = 1e-9

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Dealt:
    """What becomes of the rows that were read.

    Args:
        parts: the part of each row, by its place in `WEAKEST_FIRST`.
        family: the family of each row.
        leaks: the rows that give way, each with one of its family in a stronger part.
        merged: the rows that are merged with earlier ones.
        beyond: the rows that the limit leaves out.
        dropped: the rows that a rule leaves out when all are known, each with the reason.
        near: the clusters of near duplicates, a row of each text.
        notes: what is to be said about it.
    """

    parts: NDArray[np.uint8]
    family: Numbers
    leaks: Mapping[int, int]
    merged: Mapping[int, MergedRow]
    beyond: set[int]
    dropped: Mapping[int, Dropped] = field(default_factory=dict)
    near: Sequence[Sequence[int]] = ()
    notes: list[Text] = field(default_factory=list)

    def part(self, number: int) -> str:
        return WEAKEST_FIRST[self.parts[number]]

    def taken(self) -> NDArray[np.bool_]:
        """Return which rows are in the dataset."""
        kept = np.ones(len(self.parts), bool)
        for gone in (self.leaks, self.merged, self.beyond, self.dropped):
            kept[list(gone)] = False
        return kept

    def dump_families(self) -> dict[str, int]:
        """Return the families of the rows in the dataset as `dataset.json` holds them: only those of several rows."""
        sizes = np.bincount(self.family[self.taken()], minlength=1)
        several = sizes[sizes > 1]
        return {"families": len(several), "rows": int(several.sum()), "largest": int(sizes.max())}


def deal(
    recipe: DatasetRecipe,
    rows: Deduplicator,
    families: Families,
    strata: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    dropped: Mapping[int, Dropped] | None = None,
) -> Dealt:
    """Decide on all rows.

    Args:
        rows: those that were taken so far.
        families: what they have in common.
        strata: the value of each that the parts are to hold in the same shares; empty where the recipe names none.
        pairs: near duplicates, a row of each text.
        dropped: rows that are left out by rule: no other row gives way to them.

    Raises:
        InputError: the recipe asks for more rows than there are.
    """
    family = families.unite(pairs)
    places = families.places(family)
    pools = np.frombuffer(rows.pools, np.uint8)
    free = pools == POOLS.index(BY_SHARES)
    parts = np.array([0 if pool == BY_SHARES else WEAKEST_FIRST.index(pool) for pool in POOLS], np.uint8)[pools]
    by_place = not strata and recipe.val < 1 and recipe.test < 1
    if by_place:
        parts[free] = _by_shares(places[family[free]], recipe)
    near = _clusters(pairs)
    gone = dict(dropped or {})
    parts[list(gone)] = _TRAIN
    leaks = _of_those_that_move(recipe, rows, rows.leaks(parts, family))
    leaks = {number: holder for number, holder in leaks.items() if number not in gone}
    merging = _all_of(near, families) if recipe.near_duplicates == "merge" else ()
    merged = rows.again(parts, leaks.keys() | gone.keys(), merging)
    rows.forget()
    beyond: set[int] = set()
    if recipe.limit is not None:
        beyond = rows.beyond(recipe.limit, recipe.seed, leaks.keys() | merged.keys() | gone.keys())
    dealt = Dealt(parts, family, leaks, merged, beyond, gone, near)
    bound = np.zeros(len(places), bool)
    bound[family[~free]] = True  # with a row that was sent to a part
    loose = np.flatnonzero(free & dealt.taken() & ~bound[family])
    if not by_place:
        parts[loose] = _by_counts(recipe, dealt, loose, places, strata)
    dealt.notes.extend(_large(recipe, rows, dealt, loose))
    return dealt


def _of_those_that_move(recipe: DatasetRecipe, rows: Deduplicator, leaks: Mapping[int, int]) -> dict[int, int]:
    """Return the rows that give way: those of a dataset that keeps its splits do so to the very question alone."""
    stay = {number for number, source in enumerate(recipe.sources) if source.split == KEPT}
    return {
        number: holder
        for number, holder in leaks.items()
        if rows.files[number] not in stay or rows.split_mark(number) == rows.split_mark(holder)
    }


def _by_shares(places: NDArray[np.float64], recipe: DatasetRecipe) -> NDArray[np.uint8]:
    """Return the part of each row that goes by its family's place; training gets what the others leave."""
    parts = np.full(len(places), _TRAIN, np.uint8)
    parts[places < recipe.test + recipe.val] = _VAL
    parts[places < recipe.test] = _TEST
    return parts


def _by_counts(
    recipe: DatasetRecipe, dealt: Dealt, loose: Numbers, places: NDArray[np.float64], strata: Sequence[str]
) -> NDArray[np.uint8]:
    """Return the parts of the rows that no file binds, so many in each as the recipe says, in each stratum alike."""
    total = len(loose)
    targets = {at: _rows(share, total) for at, share in ((_TEST, recipe.test), (_VAL, recipe.val))}
    _require_enough(recipe, total)
    family = dealt.family[loose]
    sizes = np.bincount(family, minlength=len(places))
    held = _strata(family, [strata[number] for number in loose.tolist()]) if strata else {}
    order = [int(at) for at in np.lexsort((np.arange(len(places)), places)) if sizes[at]]
    chosen: dict[int, int] = {}
    for part, target in targets.items():
        left = [at for at in order if at not in chosen]
        wanted = _allotted(target, _sizes(order, held, sizes))
        got = 0
        for name, count in sorted(wanted.items()):
            for at in _fill([at for at in left if held.get(at, "") == name], sizes, count):
                chosen[at], got = part, got + int(sizes[at])
        if got < target:  # families that did not fit into their stratum's number leave room
            for at in _fill([at for at in order if at not in chosen], sizes, target - got):
                chosen[at], got = part, got + int(sizes[at])
        if got < target:
            dealt.notes.append(_short(WEAKEST_FIRST[part], target, got))
    return np.array([chosen.get(at, _TRAIN) for at in family.tolist()], np.uint8)


def _rows(share: float, total: int) -> int:
    """Return the number of rows that a share, or a number, asks for."""
    return int(share) if share >= 1 else floor(share * total + 0.5)


def _require_enough(recipe: DatasetRecipe, total: int) -> None:
    wanted = _rows(recipe.val, total) + _rows(recipe.test, total)
    if wanted > total:
        raise InputError(
            Text(
                f"validation and test are to have {wanted:,} rows, and there are {total:,} to be split",
                f"验证集和测试集共要 {wanted:,} 行，而可划分的只有 {total:,} 行",
            ),
            Text(
                f"Lower {called(DatasetRecipe, 'val').en} or {called(DatasetRecipe, 'test').en}, or add rows.",
                f"请调低{called(DatasetRecipe, 'val').zh}或{called(DatasetRecipe, 'test').zh}，或增加数据。",
            ),
        )


def _strata(family: Numbers, names: Sequence[str]) -> dict[int, str]:
    """Return the stratum of each family: the one that most of its rows have, the first by name of several."""
    counts: dict[int, Counter[str]] = {}
    for at, name in zip(family.tolist(), names, strict=True):
        counts.setdefault(at, Counter())[name] += 1
    return {at: min(held, key=lambda name: (-held[name], name)) for at, held in counts.items()}


def _sizes(order: Sequence[int], held: Mapping[int, str], sizes: Numbers) -> Counter[str]:
    found: Counter[str] = Counter()
    for at in order:
        found[held.get(at, "")] += int(sizes[at])
    return found


def _allotted(target: int, sizes: Counter[str]) -> dict[str, int]:
    """Return how many rows of each stratum make the target: whole numbers, the largest remainders rounded up.

    >>> _allotted(3, Counter({"a": 50, "b": 30, "c": 20}))
    {'a': 1, 'b': 1, 'c': 1}
    """
    total = sizes.total()
    if not total:
        return dict.fromkeys(sizes, target)
    exact = {name: target * size / total for name, size in sizes.items()}
    found = {name: floor(count) for name, count in exact.items()}
    rest = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in rest[: target - sum(found.values())]:
        found[name] += 1
    return found


def _fill(families: Sequence[int], sizes: Numbers, target: int) -> Iterator[int]:
    """Yield families, in order, as long as they fit."""
    for at in families:
        if not target:
            return
        if sizes[at] <= target:
            target -= int(sizes[at])
            yield at


def _short(part: str, target: int, got: int) -> Text:
    title = SPLITS[part]
    return Text(
        f"the {title.en.lower()} split has {got:,} rows, not {target:,}: families stay whole, and none of those left is "
        "small enough. Ask for a number that they make up.",
        f"{title.zh}只有 {got:,} 行，不足 {target:,} 行：同一组的行不能拆开，而剩下的组都放不下。请换一个凑得出的行数。",
    )


def _large(recipe: DatasetRecipe, rows: Deduplicator, dealt: Dealt, loose: Numbers) -> Iterator[Text]:
    """Yield a note where a family is larger than the test part is to be."""
    wanted = _rows(recipe.test, len(loose))
    if not wanted or not len(loose):
        return
    sizes = np.bincount(dealt.family[loose])
    largest = int(sizes.max())
    if largest <= max(wanted, 1) or largest < 2:
        return
    first = int(loose[np.flatnonzero(dealt.family[loose] == sizes.argmax())[0]])
    where, part = rows.place(first), SPLITS[dealt.part(first)]
    yield Text(
        f"the largest family has {largest:,} rows (one is {where.en}), more than the {wanted:,} of the test split; it "
        f"stays whole, in the {part.en.lower()} split. Ask for a larger test split, name another column in family, or "
        "turn near duplicates off if these rows are made from a template.",
        f"最大的一组有 {largest:,} 行（其中一行是 {where.zh}），超过测试集应有的 {wanted:,} 行；这组没有拆开，整组划到{part.zh}。"
        "可以调大测试集，在“按列分组”中换一列，或者（如果这些行是按模板生成的）关闭近似去重。",
    )


def _clusters(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the texts that pairs connect, a row of each, the clusters by their first rows."""
    if not pairs:
        return []
    numbers, at = np.unique(np.array(pairs, np.int64), return_inverse=True)
    at = at.reshape(-1, 2)
    links = coo_array((np.ones(len(at), np.int8), (at[:, 0], at[:, 1])), shape=(len(numbers), len(numbers)))
    found: dict[int, list[int]] = {}
    for number, cluster in zip(numbers.tolist(), connected_components(links, directed=False)[1].tolist(), strict=True):
        found.setdefault(cluster, []).append(number)
    return list(found.values())


def _all_of(clusters: Sequence[Sequence[int]], families: Families) -> list[list[int]]:
    """Return the rows of clusters, all that have each text."""
    texts = families.keys["question"]
    at_row = {number: at for at, numbers in enumerate(clusters) for number in numbers}
    cluster_of = {key: at_row[number] for number, key in zip(families.rows, texts, strict=True) if number in at_row}
    found: list[list[int]] = [[] for _ in clusters]
    for number, key in zip(families.rows, texts, strict=True):
        if key in cluster_of:
            found[cluster_of[key]].append(number)
    return [sorted(set(numbers)) for numbers in found]
