"""Rows as a dataset of this studio holds them: what was made once can be made into another dataset.

One row in:
    {"id": "q1", "stem": "What reverses heparin?", "gold": "Protamine.", "source": {"file": "raw.jsonl", "line": 1}}
The same row out, with the origin that it has: the raw file and line, however many datasets it went through:
    Question(id="q1", stem="What reverses heparin?", gold="Protamine.", source=RowOrigin(file="raw.jsonl", line=1))
"""

from __future__ import annotations

from pydantic import ValidationError

from studio.core.text import Text
from studio.data.layouts.base import BadRow, Layout, RowView
from studio.data.records import RECORDS
from studio.data.records.base import Row, RowOrigin
from studio.data.roles import is_telling


def convert(row: RowView, source: RowOrigin) -> Row:
    """Turn a row into what it was. Raises BadRow where a value of it is no such thing any more."""
    record = _record(row)
    if record is None:
        raise BadRow(Text("this is no row of a dataset made here", "这不是本平台数据集中的一行"))
    row.used.update(set(row.values) & set(record.model_fields))
    values = {column: row.values[column] for column in record.model_fields if column in row.values}
    try:
        return record.model_validate(values)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise BadRow(
            Text(f"'{place}' is not what a dataset made here has there", f"字段“{place}”不符合本平台数据集的格式"),
            Text("a field is not what a dataset made here has", "有字段不符合本平台数据集的格式"),
        ) from error


def _record(row: RowView) -> type[Row] | None:
    """Return what a row was; its origin tells it from rows that others name alike."""
    source = row.values.get("source")
    if not isinstance(source, dict) or set(source) != {"file", "line"}:
        return None
    for record in RECORDS.values():
        fields = record.model_fields
        needed = {name for name, field in fields.items() if field.is_required()}
        others = [role for role, columns in row.columns.items() if not set(columns) <= set(fields)]
        if needed <= set(row.values) and not any(map(is_telling, others)):
            return record
    return None


LAYOUT = Layout(
    title=Text("Rows of a dataset made here", "本平台生成的数据集"),
    convert=convert,
    takes=frozenset(
        {"messages", "chosen", "rejected", "criteria", "context", "thought", "options", "system", "verdict"}
    ),
    examples=(
        {"id": "q1", "stem": "What reverses heparin?", "gold": "Protamine.", "source": {"file": "a.jsonl", "line": 1}},
        {
            "id": "p1",
            "prompt": [{"role": "user", "content": "肝素过量怎么办？"}],
            "chosen": "用鱼精蛋白。",
            "rejected": "用维生素K。",
            "source": {"file": "a.jsonl", "line": 1},
        },
    ),
    fits=lambda row: _record(row) is not None,
    order=1,
)
