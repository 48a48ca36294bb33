"""Which weights learn: one file a method, with a `METHOD`; adding one touches no list."""

from __future__ import annotations

from studio.core.registry import Registry
from studio.core.text import Text
from studio.training.methods.base import Method

METHODS: Registry[Method] = Registry("studio.training.methods", "METHOD", Text("training method", "训练方法"), Method)
