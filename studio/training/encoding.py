"""A dataset's rows as tokens with the assistant's turns labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from studio.core.errors import InputError
from studio.core.option import called
from studio.core.reporter import Reporter
from studio.core.text import Text, counted
from studio.data.dataset_folder import read_rows
from studio.data.ladder import training_rows
from studio.data.records.base import Row
from studio.models.chat_template import IGNORED, TokenRow, prompt_text, training_row
from studio.training.lesson import LessonOptions, lesson
from studio.training.recipe import TrainRecipe
from studio.training.truncate import truncate

_BETWEEN_CHECKS = 64
_PLAIN = LessonOptions()


@dataclass(frozen=True)
class EncodedRows:
    """Rows ready to learn from, `input_ids` and `labels` of one length a row, and what became of the others.

    Of the rows kept, `truncated` were too long: `ends` lost the end of what the assistant says, `beginnings` the beginning
    of their prompt's text. Left out are `no_answer` rows without an answer, `too_long` ones of which nothing sensible fits,
    and `template_mismatch` ones that the chat template cannot show as serving would. `kept_order` rows were to have their
    options shuffled, and name them in a way that could not follow. `ids` are those of the rows kept.
    """

    rows: list[TokenRow]
    truncated: int = 0
    ends: int = 0
    beginnings: int = 0
    no_answer: int = 0
    too_long: int = 0
    template_mismatch: int = 0
    kept_order: int = 0
    ids: list[str] = field(default_factory=list)

    def __add__(self, other: EncodedRows) -> EncodedRows:
        return EncodedRows(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def encode(
    rows: Iterable[Row],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    check_stop: Callable[[], None] = lambda: None,
    options: LessonOptions = _PLAIN,
    seed: int = 0,
) -> EncodedRows:
    """Turn rows into tokens, worded as the options say; those over `max_length` are shortened as `studio.training.truncate` says."""
    kept: list[TokenRow] = []
    ids: list[str] = []
    shortened = ends = beginnings = no_answer = too_long = template_mismatch = kept_order = 0
    for number, row in enumerate(rows):
        if number % _BETWEEN_CHECKS == 0:
            check_stop()
        taught = lesson(row, options, seed)
        turns = taught.turns
        kept_order += taught.kept_order
        tokens = training_row(tokenizer, turns)
        if tokens is None:
            template_mismatch += 1
        elif all(label == IGNORED for label in tokens["labels"]):
            no_answer += 1
        elif len(tokens["input_ids"]) <= max_length:
            kept.append(tokens)
            ids.append(row.id)
        elif (short := truncate(tokens, prompt_text(tokenizer, turns), max_length)) is None:
            too_long += 1
        else:
            kept.append(short.row)
            ids.append(row.id)
            shortened += short.prompt or short.answer
            ends += short.answer
            beginnings += short.prompt
    return EncodedRows(kept, shortened, ends, beginnings, no_answer, too_long, template_mismatch, kept_order, ids)


def load(
    folder: Path,
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    report: Reporter,
    options: LessonOptions = _PLAIN,
    seed: int = 0,
    rows: int | None = None,
) -> tuple[EncodedRows, EncodedRows]:
    """Return a dataset's training and validation rows, and tell the user which were cut or left out.

    Args:
        rows: how many of the training rows are taken; None takes all.

    Raises:
        InputError: the folder is no dataset, has too few rows, or nothing in it can be learned from.
    """
    train = encode(training_rows(folder, rows), tokenizer, max_length, report.check_stop, options, seed)
    val = encode(read_rows(folder, "val"), tokenizer, max_length, report.check_stop, options, seed)
    for notice in _notices(train + val, max_length):
        report.notice(notice)
    if not train.rows:
        raise InputError(
            Text("the dataset has no rows to train on", "数据集里没有可用于训练的行"), _hint(train), str(folder)
        )
    return train, val


def _notices(both: EncodedRows, max_length: int) -> Iterator[Text]:
    if both.truncated:
        en, zh = [], []
        if both.ends:
            en.append(f"{both.ends} without the end of an answer, or without later turns")
            zh.append(f"{both.ends} 行截去了回答的结尾或后面的轮次")
        if both.beginnings:
            en.append(f"{both.beginnings} without the beginning of their prompt's text")
            zh.append(f"{both.beginnings} 行截去了提问开头的文字")
        longest = called(TrainRecipe, "max_length")
        yield Text(
            f"{both.truncated} of {len(both.rows)} rows are longer than {max_length} tokens and are learned shortened: "
            f"{'; '.join(en)}. Raise {longest.en} to keep more of them.",
            f"{len(both.rows)} 行中有 {both.truncated} 行超过 {max_length} 个 token，截短后用于学习：{'；'.join(zh)}。"
            f"调大{longest.zh}可以多保留一些。",
        )
    if both.kept_order:
        yield Text(
            f"{both.kept_order} rows keep the order of their options: a text of theirs speaks of options in a way that could "
            "not follow a shuffle",
            f"有 {both.kept_order} 行保持原有选项顺序：文字中提到了选项，打乱后无法确保对应",
        )
    if both.no_answer:
        yield Text(
            f"{counted(both.no_answer, 'row', 'was/were')} left out: no answer to learn from",
            f"有 {both.no_answer} 行没有可学习的回答，已略过",
        )
    if both.too_long:
        yield Text(
            f"{counted(both.too_long, 'row', 'was/were')} left out: not even a part of prompt and answer fits into {max_length} tokens",
            f"有 {both.too_long} 行已略过：{max_length} 个 token 连提问和回答的一部分都放不下",
        )
    if both.template_mismatch:
        yield Text(
            f"{counted(both.template_mismatch, 'row', 'was/were')} left out: the model's chat template refuses such a row, or shows "
            "it otherwise than when the model is asked",
            f"有 {both.template_mismatch} 行已略过：模型的对话模板不接受这些对话，或渲染结果与实际提问时不一致",
        )


def _hint(train: EncodedRows) -> Text:
    if train.too_long:
        longest = called(TrainRecipe, "max_length")
        return Text(f"Raise {longest.en}: its prompts do not fit.", f"请调大{longest.zh}：现有长度放不下提问。")
    if train.template_mismatch:
        return Text(
            "Choose an -Instruct model: this one's chat template refuses these conversations or, as that of models which "
            "always think, begins every answer with words of its own.",
            "请换用 -Instruct 模型：当前模型的对话模板不接受这些对话，或者像“总是先思考”的模型那样，在每个回答前加入自己的内容。",
        )
    return Text(
        "Give its training split some rows: lower the shares of validation and test, or add files.",
        "请让训练集有数据：调低验证集和测试集的比例，或添加文件。",
    )
