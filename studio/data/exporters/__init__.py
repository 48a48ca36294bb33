"""One file a format that a finished dataset can be given away in."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.exporters.base import Exporter

EXPORTERS: Registry[Exporter] = Registry("studio.data.exporters", "EXPORTER", Text("export", "导出格式"), Exporter)
