"""The parts of a dataset, in the order in which they are shown."""

from studio.core.text import Text

SPLITS = {"train": Text("Training", "训练集"), "val": Text("Validation", "验证集"), "test": Text("Test", "测试集")}
