"""From a raw row to rows of a dataset: mapped as the recipe says, by the layout that uses it up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from studio.core.text import Text
from studio.data.layouts import LAYOUTS
from studio.data.layouts.base import Counted, Layout
from studio.data.records.base import Row, RowOrigin
from studio.data.roles import IGNORED, named_roles, title_of
from studio.data.row_view import BadRow, RowView, Values, written

AUTO = "auto"
KEEP, DROP = "keep", "drop"
NO_ANSWER = Text("there is no answer", "没有答案")
_ANSWERS = ("answer", "gold", "chosen", "rejected", "verdict", "decision", "criteria", "accepted")


class Unclaimed(BadRow):
    """A row with a column that would change its meaning and that nothing uses: a question to the user."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        en = ", ".join(f"'{column}' ({title_of(role).en.lower()})" for column, role in columns.items())
        zh = "、".join(f"“{column}”（{title_of(role).zh}）" for column, role in columns.items())
        super().__init__(
            Text(f"nothing uses {en}, which would change what the row means", f"没有用到 {zh}，而它会改变这一行的含义"),
            asks=columns,
        )


class Dropped(BadRow):
    """A row that the recipe leaves out."""


class Conversion:
    """How the rows of one source are converted; remembers the layout of each shape of row.

    Args:
        layout: a layout's name, or `auto` for the one that uses each row up.
        columns: the role of each column that the recipe gives one; `ignore` leaves a column out.
        values: of a column, what each value means: `keep` or `drop` the row, or another value.
        base: what an answer that is a number counts from.
        thought: whether the reasoning in front of an answer is kept.
    """

    def __init__(
        self,
        layout: str = AUTO,
        columns: Mapping[str, str] | None = None,
        values: Mapping[str, Mapping[str, Any]] | None = None,
        base: int | None = None,
        thought: bool = True,
    ) -> None:
        self._given = tuple(sorted((columns or {}).items()))
        self._values = {
            column: {value_name(key): new for key, new in map_.items()} for column, map_ in (values or {}).items()
        }
        self._base = base
        self._thought = thought
        self.number_base = base
        """What an answer that is a number counts from, as the recipe says or `learn` recognised it."""
        named = LAYOUTS.all() if layout == AUTO else {layout: LAYOUTS.load(layout)}
        self._layouts: list[tuple[str, Layout]] = sorted(named.items(), key=lambda item: item[1].order)
        self._by_name = dict(self._layouts)  # the registry looks into its folder each time it is asked
        self._fixed = layout != AUTO
        self._of_shape: dict[object, tuple[str, dict[str, str]] | None] = {}

    def view(self, values: Values, put_back: bool = False) -> RowView:
        """Return a row with the recipe's mapping.

        Args:
            put_back: whether a row that the recipe drops is kept after all.

        Raises:
            Dropped: the recipe leaves it out.
        """
        given = self._given
        values = unnested(values)
        for column, meanings in self._values.items():
            said = value_name(values.get(column))
            if said not in meanings:
                continue
            new = meanings[said]
            if new == DROP and not put_back:
                raise Dropped(
                    Text(f"left out: {column} is {said}", f"按规则丢弃：{column} 为 {said}"),
                )
            if new in (KEEP, DROP):
                given = tuple(sorted({**dict(given), column: IGNORED}.items()))
            else:
                values = {**values, column: new}
        return RowView(values, given, self.number_base)

    def learn(self, rows: Iterable[Values]) -> bool:
        """Recognise by a file's first rows what answers that are numbers count from; return whether it has to be asked.

        A 0 among them says 0, the number of all options says 1; a layout that is published so says it where neither
        speaks against it. Where most answers are something else, the numbers among them are rejected one by one.
        """
        if self._base is not None:
            return False
        found: list[Counted] = []
        choices = 0
        for values in rows:
            try:
                view = self.view(values)
                layout = self.layout_of(view)
                counts = self._by_name[layout[0]].counted if layout else None
                if counts is not None:
                    choices += 1
                    found += filter(None, [counts(view)])
            except BadRow:
                continue
        if len(found) * 2 < choices or not found:
            return False
        zero, last = any(item.number == 0 for item in found), any(item.number == item.options for item in found)
        published = found[0].base
        if zero != last:
            evident = 0 if zero else 1
            self.number_base = evident if published in (None, evident) else None
        else:
            self.number_base = published
        return self.number_base is None

    def layout_of(self, view: RowView) -> tuple[str, dict[str, str]] | None:
        """Return the layout of a row, and the columns that it leaves over with what they seem to be; None where none fits."""
        shape = view.shape()
        if shape not in self._of_shape:
            self._of_shape[shape] = self._found(view)
        return self._of_shape[shape]

    def rows(self, values: Values, origin: RowOrigin, put_back: bool = False) -> tuple[str, RowView, Sequence[Row]]:
        """Return the layout of a raw row, the row with what was used of it, and what it becomes.

        Args:
            put_back: whether a row that the recipe drops is kept after all.

        Raises:
            BadRow: it cannot be converted.
            Unclaimed: a column that would change its meaning is used by nothing.
            Dropped: the recipe leaves it out.
        """
        view = self.view(values, put_back)
        found = self.layout_of(view)
        if found is None:
            raise _unfit(view)
        name, left = found
        try:
            made = self._by_name[name].convert(view, origin)
        except BadRow:
            if left:
                raise Unclaimed(left) from None
            raise
        left = {column: role for column, role in left.items() if column not in view.used}
        if left:
            raise Unclaimed(left)
        several = [made] if isinstance(made, Row) else made
        return name, view, several if self._thought else [row.without_thought() for row in several]

    def _found(self, view: RowView) -> tuple[str, dict[str, str]] | None:
        best: tuple[str, dict[str, str]] | None = None
        for name, layout in self._layouts:
            if not layout.matches(view):
                continue
            role_of = {column: role for role, columns in view.columns.items() for column in columns}
            left = {column: role_of[column] for column in view.telling_left(layout.claims)}
            if not left:
                return name, left
            if best is None or len(left) < len(best[1]):
                best = (name, left)
        if best is None and self._fixed:  # it says itself what is missing
            return self._layouts[0][0], {}
        return best


def unnested(values: Values) -> Values:
    """Return a row whose question stands one floor down (`{"id": 1, "data": {"Question": …}}`) with its fields beside the others.

    A field of the same name as one above keeps the name of what holds it: `data.id`.
    """
    inner = None
    for column, value in values.items():
        if isinstance(value, dict) and not _asks(values) and _asks(value):
            inner = column, value
            break
    if inner is None:
        return values
    column, found = inner
    others = {name: value for name, value in values.items() if name != column}
    return others | {name if name not in others else f"{column}.{name}": value for name, value in found.items()}


def _asks(values: Values) -> bool:
    """Return whether one of the fields is a question, by its name, and holds a text or turns."""
    roles = named_roles(tuple(values))
    return any(role == "question" and not isinstance(values[name], Mapping) for name, role in roles.items())


def _unfit(view: RowView) -> BadRow:
    """Return why no layout fits a row: it has several answers, none, or fields that say nothing."""
    candidates = {column: "candidate" for column in view.columns.get("candidate", ()) if view.has("candidate")}
    if candidates:
        return Unclaimed(candidates)
    if any(view.has(role) for role in ("question", "messages", "input")) and not any(map(view.stands, _ANSWERS)):
        return BadRow(
            Text("it asks something, and no field answers it", "只有问题，没有任何字段是答案"),
            NO_ANSWER,
        )
    if view.kind("question") in ("mapping", "records"):
        shown = json.dumps(view.value("question"), ensure_ascii=False, default=str)[:60]
        return BadRow(
            Text(f"the question is no text: {shown}", f"问题不是文字：{shown}"),
            Text("the question is no text", "问题不是文字"),
        )
    if view.has("answer") and not any(map(view.stands, ("question", "messages", "input", "title", "description"))):
        return BadRow(Text("there is an answer, and no field asks anything", "只有答案，没有任何字段是问题"))
    columns = ", ".join(map(str, view.values))
    return BadRow(
        Text(f"no layout fits a row with the fields {columns[:120]}", f"没有格式适合这样的行，字段为 {columns[:120]}"),
        Text("no layout fits", "没有适合的格式"),
    )


def value_name(value: object) -> str:
    """Return a value as a recipe names it, whatever its case and sort: `1`, `true`, `bad`."""
    return written(value).casefold()  # of True and False as well, as YAML has them
