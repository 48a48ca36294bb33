"""One file a check of a row's texts. A check's examples show what it finds, and what it leaves alone."""

from studio.core.registry import Registry
from studio.core.text import Text
from studio.data.checks.base import Check

CHECKS: Registry[Check] = Registry("studio.data.checks", "CHECK", Text("check", "检查项"), Check)
