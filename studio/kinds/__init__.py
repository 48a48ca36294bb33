"""One file a kind of run: its recipe and its run(). The seam between what users write and what the houses do."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.kinds._kind import Kind

KINDS: Registry[Kind] = Registry("studio.kinds", "KIND", Text("kind of recipe", "配方种类"))
