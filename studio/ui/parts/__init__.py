"""One file a live part of the page."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.ui.parts.base import Part

PARTS: Registry[Part] = Registry("studio.ui.parts", "PART", Text("part of the page", "页面部件"), Part)
