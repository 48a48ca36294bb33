"""One file a format of raw files: an opener tells its format by what a file holds, and gives its rows one by one."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.openers.base import Opener

OPENERS: Registry[Opener] = Registry("studio.data.openers", "OPENER", Text("opener", "文件格式"), Opener)
