"""One file a named output of a run: how the run panel shows it."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.ui.outputs.base import Output

OUTPUTS: Registry[Output] = Registry("studio.ui.outputs", "OUTPUT", Text("output", "输出"), Output)
