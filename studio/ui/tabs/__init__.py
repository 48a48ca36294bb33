"""The tabs: one file here for each that is no kind's, and one for every kind that introduces itself."""

from functools import partial

from studio.core.registry import Registry
from studio.core.text import Text
from studio.runs.kinds import KINDS
from studio.ui import station
from studio.ui.tabs.base import Tab

TABS: Registry[Tab] = Registry("studio.ui.tabs", "TAB", Text("tab", "标签页"), Tab)


def tabs() -> dict[str, Tab]:
    """Return every tab by its name in the page's address, from the left."""
    found = dict(TABS.all())
    for name, kind in KINDS.all().items():
        introduction = kind.introduction
        if introduction is not None:
            build = partial(station.build, kind=name, introduction=introduction)
            summary = None if introduction.aside else introduction.summary
            found[introduction.tab] = Tab(introduction.order, introduction.title, build, summary)
    return dict(sorted(found.items(), key=lambda item: item[1].order))
