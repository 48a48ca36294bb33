"""What a file's rows were understood as, before anything is made of them; the check, the page and the run share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from studio.core.errors import InputError, OpenQuestionError
from studio.core.text import Text, both
from studio.data.conversion import NO_ANSWER, Conversion, Dropped, Unclaimed
from studio.data.layouts import LAYOUTS
from studio.data.raw import RawRow
from studio.data.records.base import Row, RowOrigin
from studio.data.roles import IGNORED, ROLES, title_of
from studio.data.row_view import BadRow

LOOKED_AT = 200
_SHOWN = 5
_FIELDS = 12


@dataclass(frozen=True)
class Sample:
    """A raw row and what it becomes, or why it becomes nothing; `kind` is the reason without what differs from row to row."""

    raw: RawRow
    made: tuple[Row, ...]
    reason: Text | None = None
    kind: Text | None = None


@dataclass(frozen=True)
class Guess:
    """What was understood of a file.

    Args:
        layout: the layout of most rows; empty where none fits.
        layouts: how many of the rows looked at have each.
        mapping: what each column means; without those whose meaning differs from row to row.
        claimed: the columns that are used.
        left: filled columns that are not, and change nothing.
        asked: filled columns that would change what a row means and that nothing uses, with what they seem to be.
        records: the classes of rows that come of it.
        samples: the first rows, and what they become.
        rows: how many rows were looked at.
        reasons: why rows were not taken, with how many of them.
        base: what answers that are numbers count from, as the recipe says or the rows show it.
        base_asked: whether that has to be said: the answers are numbers, and nothing shows it.
    """

    layout: str
    layouts: Mapping[str, int]
    mapping: Mapping[str, str]
    claimed: tuple[str, ...]
    left: tuple[str, ...]
    asked: Mapping[str, str]
    records: tuple[type[Row], ...]
    samples: tuple[Sample, ...]
    rows: int
    reasons: Mapping[Text, int] = field(default_factory=dict)
    base: int | None = None
    base_asked: bool = False


def guess(raw: Iterable[RawRow], conversion: Conversion, file: str, shown: int = _SHOWN) -> Guess:
    """Look at the first rows of a file."""
    votes: Counter[str] = Counter()
    mapping: dict[str, str] = {}
    differing: set[str] = set()
    claimed: dict[str, None] = {}
    left: dict[str, None] = {}
    asked: dict[str, str] = {}
    roles: dict[str, str] = {}
    records: dict[type[Row], None] = {}
    samples: list[Sample] = []
    wanted: Counter[str] = Counter()
    reasons: Counter[Text] = Counter()
    rows = list(islice(raw, LOOKED_AT))
    base_asked = conversion.learn(row.values for row in rows if row.fault is None)
    for row in rows:
        made: tuple[Row, ...] = ()
        reason = kind = row.fault
        if reason is None:
            try:
                name, view, several = conversion.rows(row.values, RowOrigin(file=file, line=row.line))
                made = tuple(several)
                votes[name] += 1
                records.update((type(one), None) for one in made)
                claimed.update(dict.fromkeys(view.used))
                left.update(dict.fromkeys(view.left()))
                here = {column: role for role, columns in view.columns.items() for column in columns}
                differing.update(
                    column
                    for column in row.values
                    if mapping.setdefault(column, here.get(column, "")) != here.get(column, "")
                )
            except Unclaimed as error:
                reason, kind = error.reason, error.kind
                reasons[error.kind] += 1
                asked |= error.columns
            except Dropped as error:
                reason, kind = error.reason, error.kind
            except BadRow as error:
                reason, kind = error.reason, error.kind
                reasons[error.kind] += 1
                roles |= error.asks
                wanted.update(list(error.asks))
                found = conversion.layout_of(conversion.view(row.values))
                votes.update([found[0]] if found else [])
        if len(samples) < shown:
            samples.append(Sample(row, made, reason, kind))
    # a label whose values say nothing in most rows is a question; in a few, it is their fault
    asked |= {column: roles[column] for column, times in wanted.items() if times * 2 > len(rows)}
    layout = votes.most_common(1)[0][0] if votes else ""
    unused = tuple(column for column in left if column not in claimed and column not in asked)
    mapping = {column: role for column, role in mapping.items() if role and column not in differing}
    return Guess(
        layout,
        dict(votes),
        mapping,
        tuple(claimed),
        unused,
        asked,
        tuple(records),
        tuple(samples),
        len(rows),
        dict(reasons),
        conversion.number_base,
        base_asked,
    )


def require_understood(found: Guess, raw: Iterable[RawRow], where: str) -> None:
    """Raise InputError where a dataset could not be made of a file, or only by guessing what nobody saw.

    Raises:
        InputError: no row can be read.
        OpenQuestionError: no layout fits one, or a column is filled that would change what rows mean.
    """
    rows = list(islice(raw, LOOKED_AT))
    readable = [row for row in rows if row.fault is None]
    if not readable:
        reason = (rows[0].fault if rows else None) or both("")
        raise InputError(
            Text(
                f"none of {len(rows)} rows can be read; the first: {reason.en}",
                f"{len(rows)} 行中没有一行能读取；第一行的原因：{reason.zh}",
            ),
            Text(
                "A row is an object with fields; plain texts belong into a knowledge base.",
                "每一行应是带字段的对象；纯文本请放进知识库。",
            ),
            f"{where} line {rows[0].line}" if rows else where,
        )
    if found.asked:
        raise OpenQuestionError(*_question(found.asked), where)
    if found.base_asked:
        raise OpenQuestionError(
            Text(
                "The answers are numbers of options, and nothing shows whether they count from 0 or from 1.",
                "答案是选项的序号，但看不出是从 0 还是从 1 开始数。",
            ),
            Text(
                "Say it: answer_base: 0, where the first option is 0; answer_base: 1, where it is 1.",
                "请说明：第一个选项为 0 时写 answer_base: 0，为 1 时写 answer_base: 1。",
            ),
            where,
        )
    if not found.layout and NO_ANSWER in found.reasons:
        fields = list(dict.fromkeys(str(key) for row in readable[:3] for key in row.values))[:_FIELDS]
        raise OpenQuestionError(
            Text(
                f"The rows hold questions and no answers: the fields are {', '.join(fields)}.",
                f"这个文件只有问题，没有答案：字段为 {'、'.join(fields)}。",
            ),
            Text(
                "Add the file that holds the answers, or say which column is the answer: "
                f"columns: {{{fields[-1]}: answer}}.",
                f"请补充含有答案的文件，或说明哪一列是答案：columns: {{{fields[-1]}: answer}}。",
            ),
            where,
        )
    if not found.layout:
        fields = list(dict.fromkeys(str(key) for row in readable[:3] for key in row.values))[:_FIELDS]
        raise OpenQuestionError(
            Text(
                f"No known layout: the fields are {', '.join(fields) or '-'}.",
                f"认不出这个文件的格式：字段为 {'、'.join(fields) or '-'}。",
            ),
            _mapping_wanted(fields),
            where,
        )


def _question(asked: Mapping[str, str]) -> tuple[Text, Text]:
    """Return what is asked about columns that nothing uses, and how it is answered."""
    names = list(asked)
    said_en = "; ".join(f"'{column}' looks like: {title_of(role).en.lower()}" for column, role in asked.items())
    said_zh = "；".join(f"“{column}”看起来是：{title_of(role).zh}" for column, role in asked.items())
    if "media" in asked.values():
        said_en += ". Images, sound and video are not supported"
        said_zh += "。目前不支持图片、音频和视频"
    listed = ", ".join(names)
    return (
        Text(
            f"What do these columns mean? Rows would be taught as something else without them. {said_en}.",
            f"请说明这些列的含义，否则数据会被当成别的内容来训练。{said_zh}。",
        ),
        Text(
            f"Give each a role (columns: {{{names[0]}: ROLE}}), say what its values mean "
            f"(values: {{{names[0]}: {{VALUE: keep, OTHER: drop}}}}), or leave it out (ignore: [{listed}]).",
            f"请为每一列指定角色（columns: {{{names[0]}: 角色}}），或说明取值的含义"
            f"（values: {{{names[0]}: {{取值: keep, 其他: drop}}}}），或忽略它们（ignore: [{listed}]）。",
        ),
    )


def _mapping_wanted(fields: list[str]) -> Text:
    first = next((field for field in fields if field), "COLUMN")
    some = ", ".join(name for name in ROLES if name not in ("candidate", "option"))
    known = LAYOUTS.all().values()
    return Text(
        f"Say what the columns mean, e.g. columns: {{{first}: question, …: answer}}. Roles: {some}, {IGNORED}. "
        f"Known layouts: {'; '.join(layout.title.en for layout in known)}.",
        f"请说明各列的含义，例如 columns: {{{first}: question, …: answer}}。角色有：{some}、{IGNORED}。"
        f"已知格式：{'；'.join(layout.title.zh for layout in known)}。",
    )
