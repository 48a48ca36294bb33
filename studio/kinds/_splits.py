"""What the parts of a dataset are called."""

from studio.core.text import Text

SPLITS = {"train": Text("Training", "训练集"), "val": Text("Validation", "验证集"), "test": Text("Test", "测试集")}
