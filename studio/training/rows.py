"""A dataset's rows as tokens with the assistant's turns labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from studio.core.errors import InputError
from studio.core.text import Text
from studio.data.prompt import conversation
from studio.data.rows import Row, read_rows
from studio.models.chat import IGNORED, training_row
from studio.runs.job import Job

TokenRow = dict[str, list[int]]
_UNCUT = 2**31


@dataclass(frozen=True)
class Encoded:
    """Rows ready to learn from: `input_ids` and `labels` of one length a row.

    `cut` counts rows that lost their beginning, `mute` those left out because no token of an assistant is in them.
    """

    rows: list[TokenRow]
    cut: int = 0
    mute: int = 0


def encode(rows: Iterable[Row], tokenizer: PreTrainedTokenizerBase, max_length: int) -> Encoded:
    """Turn rows into tokens; a row over `max_length` tokens loses its beginning, never its answer's end."""
    kept: list[TokenRow] = []
    cut = mute = 0
    for row in rows:
        whole = training_row(tokenizer, conversation(row), _UNCUT)
        cut += len(whole["input_ids"]) > max_length
        tokens = {name: values[-max_length:] for name, values in whole.items()}
        # the first token is predicted from nothing, so a label on it alone teaches nothing
        if any(label != IGNORED for label in tokens["labels"][1:]):
            kept.append(tokens)
        else:
            mute += 1
    return Encoded(kept, cut, mute)


def load(folder: Path, tokenizer: PreTrainedTokenizerBase, max_length: int, job: Job) -> tuple[Encoded, Encoded]:
    """Return a dataset's training and validation rows, and tell the user which were cut or left out.

    Raises:
        InputError: the folder is no dataset, or nothing in it can be learned from.
    """
    train = encode(read_rows(folder, "train"), tokenizer, max_length)
    val = encode(read_rows(folder, "val"), tokenizer, max_length)
    cut, mute = train.cut + val.cut, train.mute + val.mute
    if cut:
        job.notice(
            Text(
                f"{cut} rows were longer than {max_length} tokens and lost their beginning",
                f"有 {cut} 行超过 {max_length} 个 token，开头部分已截去",
            )
        )
    if mute:
        job.notice(
            Text(
                f"{mute} rows were left out: they hold no answer to learn from",
                f"有 {mute} 行没有可学习的回答，已略过",
            )
        )
    if not train.rows:
        raise InputError(
            Text("the dataset has no rows to train on", "数据集里没有可用于训练的行"),
            Text(
                "Give its training split some rows: lower the shares of validation and test, or add files.",
                "请让训练部分有数据：调低验证集和测试集的比例，或添加文件。",
            ),
            str(folder),
        )
    return train, val
