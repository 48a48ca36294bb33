"""One file a tab."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.ui.tabs._tab import Tab

TABS: Registry[Tab] = Registry("studio.ui.tabs", "TAB", Text("tab", "标签页"))
