"""One file a layout of raw rows. A layout's docstring shows its smallest row going in and coming out."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.layouts.base import Layout

LAYOUTS: Registry[Layout] = Registry("studio.data.layouts", "LAYOUT", Text("layout", "格式"), Layout)
