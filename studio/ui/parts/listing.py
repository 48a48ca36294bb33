"""A listing on the page: what to look for, the table, and its pages."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from studio.ui.context import Context
from studio.ui.html import empty, fill, join
from studio.ui.listings import LISTINGS
from studio.ui.listings.base import SIZE, Asked, Filter, Listing, Page
from studio.ui.parts.base import Part, Query


def version(context: Context, query: Query) -> str:
    listing, asked = _read(query)
    wish = (asked.chosen, asked.sort, asked.page, asked.search, *sorted(asked.filters.items()))
    return f"{listing.version(context)}|{hash(wish)}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    listing, asked = _read(query)
    page = listing.page(context, asked)
    if not page.all:
        return {"table": listing.nothing(context), "note": listing.note(context, asked)}
    return {
        "search": _search(context, listing),
        "filters": join(_filter(context, name, item, asked, page) for name, item in listing.filters.items()),
        "table": _table(context, listing, asked, page),
        "pages": _pages(context, asked, page),
        "note": listing.note(context, asked),
    }


def _read(query: Query) -> tuple[Listing[Any], Asked]:
    listing = LISTINGS.load(query.get("listing", ""))
    return listing, Asked.read(query, list(listing.filters))


def _search(context: Context, listing: Listing[Any]) -> Markup:
    """Return the search field. It is always the same: drawn anew, it would lose what is being typed."""
    words = context.say("Search", "搜索")
    return fill('<input type="search" data-param="search" placeholder="{}" aria-label="{}">', words, words)


def _filter(context: Context, name: str, item: Filter, asked: Asked, page: Page[Any]) -> Markup:
    wanted, counts = asked.filters.get(name, ""), page.counts.get(name, {})
    values = counts if not wanted or wanted in counts else {wanted: 0, **counts}
    options = join(
        fill(
            '<option value="{}"{}>{} ({})</option>',
            value,
            Markup(" selected") if value == wanted else "",
            item.word(context, value),
            count,
        )
        for value, count in values.items()
    )
    anything = fill('<option value="">{}</option>', context.say("all", "全部"))
    return fill(
        '<label><span>{}</span><select data-param="{}">{}{}</select></label>',
        context.text(item.title),
        name,
        anything,
        options,
    )


def _table(context: Context, listing: Listing[Any], asked: Asked, page: Page[Any]) -> Markup:
    if not page.rows:
        return empty(
            context.say("Nothing matches", "没有符合条件的内容"),
            context.say("Change the search or the filters.", "请修改搜索词或筛选条件。"),
        )
    untouched = not (asked.search or asked.filters or asked.sort or asked.page > 1)
    chosen = asked.chosen or (listing.id(page.rows[0]) if untouched else "")
    head = join(_head(context, name, column.title, column.sorts, asked) for name, column in listing.columns.items())
    rows = join(
        fill(
            '<tr class="{}" data-pick="{}" tabindex="0" aria-selected="{}" title="{}">{}</tr>',
            "chosen" if (id := listing.id(row)) == chosen else "",
            id,
            "true" if id == chosen else "false",
            id,
            join(
                fill('<td class="{}">{}</td>', column.style, column.cell(context, row))
                for column in listing.columns.values()
            ),
        )
        for row in page.rows
    )
    return fill(
        '<div class="wide runs"><table aria-label="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        context.text(listing.title),
        head,
        rows,
    )


def _head(context: Context, name: str, title: Any, sorts: bool, asked: Asked) -> Markup:
    words = context.text(title)
    if not sorts:
        return fill("<th>{}</th>", words)
    order = {name: "ascending", f"-{name}": "descending"}.get(asked.sort, "none")
    following = {"none": f"-{name}", "descending": name, "ascending": ""}[order]
    mark = {"ascending": " ↑", "descending": " ↓", "none": ""}[order]
    return fill(
        '<th aria-sort="{}"><button type="button" class="sort" data-set="sort={}">{}{}</button></th>',
        order,
        following,
        words,
        mark,
    )


def _pages(context: Context, asked: Asked, page: Page[Any]) -> Markup:
    last = max(1, -(-page.total // SIZE))
    now = min(asked.page, last)
    first, end = (now - 1) * SIZE + 1, min(now * SIZE, page.total)
    where = context.say(f"{first}–{end} of {page.total}", f"第 {first}–{end} 条，共 {page.total} 条")
    buttons = [
        fill(
            '<button type="button" class="act" data-set="page={}"{}>{}</button>',
            number,
            "" if 1 <= number <= last else Markup(" disabled"),
            words,
        )
        for number, words in ((now - 1, context.say("Previous", "上一页")), (now + 1, context.say("Next", "下一页")))
    ]
    told = fill("<span>{}</span>", where) if page.total else Markup()
    return fill('<div class="pages">{}{}</div>', told, join(buttons) if last > 1 else Markup())


PART = Part(version, render)
