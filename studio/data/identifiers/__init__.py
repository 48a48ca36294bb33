"""One file a kind of personal identifier. Its examples show what it finds, and the look-alikes it leaves alone."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.identifiers.base import Identifier

IDENTIFIERS: Registry[Identifier] = Registry(
    "studio.data.identifiers", "IDENTIFIER", Text("kind of identifier", "个人标识类型"), Identifier
)
