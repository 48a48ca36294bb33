"""A listing on the page: what to look for, the table, its pages, and the row that is open."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from studio.core.errors import StudioError
from studio.ui.context import Context
from studio.ui.html import empty, error_notice
from studio.ui.listings import LISTINGS
from studio.ui.listings.base import SIZE, Asked, Deed, Filter, Listing, Page
from studio.ui.parts.base import Part, Query
from studio.ui.template import piece


def version(context: Context, query: Query) -> str:
    listing, asked = _read(query)
    try:
        now = listing.version(context, asked)
    except StudioError as error:
        now = str(error.message)
    return f"{now}|{hash(_wish(asked))}"


def _wish(asked: Asked) -> tuple[object, ...]:
    return (
        *(asked.of, asked.view, asked.chosen, asked.sort, asked.page, asked.search, asked.picked, asked.open),
        *sorted(asked.filters.items()),
    )


def render(context: Context, query: Query) -> dict[str, Markup]:
    listing, asked = _read(query)
    try:
        return _slices(context, listing, asked)
    except StudioError as error:
        return {"table": error_notice(context, error)}


def _slices(context: Context, listing: Listing[Any], asked: Asked) -> dict[str, Markup]:
    page = listing.page(context, asked)
    heading = listing.heading(context, asked)
    views = listing.views(context, asked)
    now = asked.view if asked.view in [view.name for view in views] else next((view.name for view in views), "")
    chosen_view = (
        piece("listing", "views", shown=views, now=now, label=context.say("Parts", "部分")) if views else Markup()
    )
    if not page.all and page.share >= 1:
        return {"heading": heading, "views": chosen_view, "table": listing.nothing(context), "note": page.note}
    words = context.say("Search", "搜索")
    return {
        "heading": heading,
        "views": chosen_view,
        "search": piece("listing", "search", words=words) if listing.searched else Markup(),
        "filters": _filters(context, listing, asked, page),
        "picked": _picked(context, listing, asked),
        "table": _table(context, listing, asked, page),
        "drawer": _drawer(context, listing, asked, page),
        "pages": _pages(context, listing, asked, page),
        "note": page.note,
    }


def _read(query: Query) -> tuple[Listing[Any], Asked]:
    listing = LISTINGS.load(query.get("listing", ""))
    return listing, Asked.read(query, list(listing.filters))


def _filters(context: Context, listing: Listing[Any], asked: Asked, page: Page[Any]) -> Markup:
    """Return the filters that have something to choose between."""
    shown = [
        found
        for name, item in listing.filters.items()
        if len((found := _filter(context, name, item, asked, page))["options"]) > 1 or found["wanted"]
    ]
    return piece("listing", "filters", shown=shown, all=context.say("all", "全部"))


def _filter(context: Context, name: str, item: Filter, asked: Asked, page: Page[Any]) -> dict[str, Any]:
    wanted, counts = asked.filters.get(name, ""), page.counts.get(name, {})
    values = counts if not wanted or wanted in counts else {wanted: 0, **counts}
    options = [
        {"value": value, "word": item.word(context, value), "count": count} for value, count in values.items() if value
    ]
    return {"name": name, "title": context.text(item.title), "wanted": wanted, "options": options}


def _picked(context: Context, listing: Listing[Any], asked: Asked) -> Markup:
    if not asked.picked or not listing.deeds:
        return Markup()
    count = len(asked.picked)
    deeds = [_deed(context, name, deed, asked.picked) for name, deed in listing.deeds.items()]
    return piece(
        "listing",
        "picked",
        count=context.say(f"{count} selected", f"已选 {count} 项"),
        deeds=deeds,
        clear=context.say("Clear", "取消选择"),
    )


def _deed(context: Context, name: str, deed: Deed, ids: tuple[str, ...]) -> dict[str, str]:
    refused = ""
    if len(ids) < deed.least:
        refused = context.say(f"Select {deed.least} or more.", f"请选择 {deed.least} 项以上。")
    elif len(ids) > deed.most:
        refused = context.say(f"Select {deed.most} at most.", f"最多选择 {deed.most} 项。")
    ask, value = deed.asks(context, ids) if deed.asks and not refused else ("", "")
    want, value = deed.wants(context, ids) if deed.wants and not refused else ("", value)
    return {
        "name": name,
        "title": context.text(deed.title),
        "grade": deed.grade,
        "refused": refused,
        "leads": deed.leads(ids) if deed.leads else "",
        "ask": ask,
        "want": want,
        "value": value,
    }


def _table(context: Context, listing: Listing[Any], asked: Asked, page: Page[Any]) -> Markup:
    if not page.rows:
        if page.share < 1:
            return empty(context.say("Searching…", "正在查找…"))
        return empty(
            context.say("Nothing matches", "没有符合条件的内容"),
            context.say("Change the search or the filters.", "请修改搜索词或筛选条件。"),
        )
    ids = [listing.id(row) for row in page.rows]
    first = ids[0] if asked.untouched and asked.page == 1 and listing.drawer is None else ""
    chosen = asked.chosen or first
    focus = chosen if chosen in ids else ids[0]
    rows = []
    for id, row in zip(ids, page.rows, strict=True):
        below, depth = page.below.get(id, (0, 0))
        rows.append(
            {
                "id": id,
                "opens": Markup("data-row" if listing.drawer else "data-pick"),
                "chosen": id == chosen,
                "focus": id == focus,
                "picked": id in asked.picked,
                "depth": depth,
                "open": id in page.open,
                "fold_at": list(listing.columns).index("name") + 1 if below > 0 else 0,
                "fold": f"{'▾' if id in page.open else '▸'} {below}",
                "folds": context.say(f"{below} runs that belong to it", f"所属的 {below} 次运行"),
                "cells": [
                    {"style": column.style, "html": column.cell(context, row)} for column in listing.columns.values()
                ],
            }
        )
    return piece(
        "listing",
        "table",
        title=context.text(listing.title),
        heads=[_head(context, name, column.title, column.sorts, column.style, asked) for name, column in listing.columns.items()],
        rows=rows,
        picks=bool(listing.deeds),
        words={"all": context.say("Select all on this page", "选择本页全部"), "pick": context.say("Select", "选择")},
    )  # fmt: skip


def _head(context: Context, name: str, title: Any, sorts: bool, style: str, asked: Asked) -> dict[str, Any]:
    order = {name: "ascending", f"-{name}": "descending"}.get(asked.sort, "none")
    return {
        "title": context.text(title),
        "sorts": sorts,
        "style": style,
        "order": order,
        "following": {"none": f"-{name}", "descending": name, "ascending": ""}[order],
        "mark": {"ascending": " ↑", "descending": " ↓", "none": ""}[order],
    }


def _pages(context: Context, listing: Listing[Any], asked: Asked, page: Page[Any]) -> Markup:
    last = max(1, -(-page.total // SIZE))
    now = min(asked.page, last)
    first, end = (now - 1) * SIZE + 1, min(now * SIZE, page.total)
    where = context.say(f"{first:,}–{end:,} of {page.total:,}", f"第 {first:,}–{end:,} 条，共 {page.total:,} 条")
    if page.share < 1:
        where += context.say(f", {page.share:.0%} looked through", f"，已查找 {page.share:.0%}")
    if not page.total:
        where = "" if page.share >= 1 else where
    if not listing.searched and last == 1:
        return Markup()
    buttons = [
        {"page": number, "there": 1 <= number <= last, "word": word}
        for number, word in ((now - 1, context.say("Previous", "上一页")), (now + 1, context.say("Next", "下一页")))
    ]
    stop = context.say("Cancel the search", "取消搜索") if asked.search else ""
    return piece("listing", "pages", where=where, share=page.share, buttons=buttons if last > 1 else [], stop=stop)


def _drawer(context: Context, listing: Listing[Any], asked: Asked, page: Page[Any]) -> Markup:
    if listing.drawer is None or not asked.chosen:
        return Markup()
    ids = [listing.id(row) for row in page.rows]
    place = ids.index(asked.chosen) if asked.chosen in ids else -1
    inside = listing.drawer(context, asked) or empty(context.say("This row is not here any more", "这一行已经不在了"))
    return piece(
        "listing",
        "drawer",
        inside=inside,
        words={
            "close": context.say("Close", "关闭"),
            "before": context.say("Previous row", "上一行"),
            "after": context.say("Next row", "下一行"),
        },
        before=ids[place - 1] if place > 0 else "",
        after=ids[place + 1] if 0 <= place < len(ids) - 1 else "",
    )


PART = Part(version, render)
