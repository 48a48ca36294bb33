"""What measured things are called. A name that is not here is shown as it is written."""

from __future__ import annotations

from studio.core.text import Language, Text
from studio.scoring.flags import FLAGS
from studio.scoring.scorers import SCORERS

_NAMES = {
    "loss": Text("loss", "损失"),
    "train_loss": Text("training loss", "训练损失"),
    "val_loss": Text("validation loss", "验证损失"),
    "eval_loss": Text("validation loss", "验证损失"),
    "learning_rate": Text("learning rate", "学习率"),
    "grad_norm": Text("gradient norm", "梯度范数"),
    "epoch": Text("epoch", "轮数"),
    "tokens_per_s": Text("tokens/s", "token/秒"),
    "samples_per_s": Text("samples/s", "样本/秒"),
    "steps_per_s": Text("steps/s", "步/秒"),
    "requests": Text("requests", "请求数"),
    "rows": Text("rows", "行数"),
    "rejected": Text("rejected", "剔除"),
    "passages": Text("passages", "段落数"),
    "passages_per_s": Text("passages/s", "段/秒"),
    "rows_per_s": Text("rows/s", "行/秒"),
    "train": Text("train", "训练集"),
    "val": Text("val", "验证集"),
    "test": Text("test", "测试集"),
    "steps": Text("steps", "步数"),
    "tokens": Text("tokens", "token 数"),
    "seconds": Text("seconds", "秒数"),
    "peak_memory_mb": Text("peak memory, MB", "内存峰值（MB）"),
}


def metric_name(name: str, language: Language) -> str:
    """Return a metric's label; that of a score or a flag is the report's own title."""
    if name in SCORERS.names():
        return SCORERS.load(name).title.to(language)
    if name in FLAGS:
        return FLAGS[name].title.to(language)
    return _NAMES[name].to(language) if name in _NAMES else name.replace("_", " ")
