"""One file a named output of a run: how the run panel shows it."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.ui.outputs._output import Show

OUTPUTS: Registry[Show] = Registry("studio.ui.outputs", "SHOW", Text("output", "输出"))
