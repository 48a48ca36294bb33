"""Parquet with a card that names the files: `datasets.load_dataset(FOLDER)` opens the folder as it is, and so does a hub.

Every part has the same columns, whether its rows fill them or not; what is a mapping in a row (options, labels) is a list of
`key` and `value`, for columns have no mappings.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel

from studio.core import yamlfile
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.exporters.base import DatasetParts, Exporter
from studio.data.records import RECORDS

if TYPE_CHECKING:
    import pyarrow

_AT_ONCE = 10_000  # rows
_NAMES = {"train": "train", "val": "validation", "test": "test"}
"""What loaders call the parts."""


def write(parts: DatasetParts, folder: Path, report: Reporter) -> Counter[Text]:
    """Write a file a part, some rows at a time, and the card."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    fields = parts.record.model_fields
    schema = pyarrow.schema([(name, _type(field.annotation)) for name, field in fields.items()])
    reads = {name: _reading(field.annotation) for name, field in fields.items()}
    empty = {name: field.get_default(call_default_factory=True) for name, field in fields.items()}
    done = 0
    for split in parts.splits():  # loaders refuse an empty one
        with (
            ParquetWriter(folder / f"{split}.parquet", schema, compression="zstd") as file,
            (parts.folder / f"{split}.jsonl").open("rb") as lines,
        ):
            for rows in _batches(lines):
                report.check_stop()
                columns = [
                    pyarrow.array([reads[item.name](row.get(item.name, empty[item.name])) for row in rows], item.type)
                    for item in schema
                ]
                file.write_batch(pyarrow.record_batch(columns, schema=schema))
                done += len(rows)
                report.progress(done, 0, "rows")
    (folder / "README.md").write_text(_card(parts), encoding="utf-8")
    return Counter()


def _batches(lines: Iterator[bytes]) -> Iterator[list[dict[str, Any]]]:
    decode = msgspec.json.decode
    while several := [decode(line) for line in islice(lines, _AT_ONCE)]:
        yield several


def _card(parts: DatasetParts) -> str:
    files = [{"split": _NAMES[split], "path": f"{split}.parquet"} for split in parts.splits()]
    header = yamlfile.dump({"configs": [{"config_name": "default", "data_files": files}]})
    return f"---\n{header.strip()}\n---\n\n# {parts.name}\n"


def _type(annotation: Any) -> pyarrow.DataType:
    """Return the type of a column that holds what a field of a record holds."""
    import pyarrow

    simple: Mapping[Any, Callable[[], pyarrow.DataType]] = {
        str: pyarrow.string,
        int: pyarrow.int64,
        float: pyarrow.float64,
        bool: pyarrow.bool_,
    }
    origin, inside = get_origin(annotation), get_args(annotation)
    if annotation in simple:
        return simple[annotation]()
    if origin is dict:
        return pyarrow.list_(pyarrow.struct([("key", _type(inside[0])), ("value", _type(inside[1]))]))
    if origin is tuple:
        return pyarrow.list_(_type(inside[0]))
    if origin in (Union, types.UnionType):
        return _type(inside[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pyarrow.struct([(name, _type(field.annotation)) for name, field in annotation.model_fields.items()])
    return pyarrow.string()  # one of a few words


def _reading(annotation: Any) -> Callable[[Any], Any]:
    """Return what makes a value of a row one of a column."""
    if get_origin(annotation) is dict:
        return lambda held: [{"key": key, "value": value} for key, value in held.items()]
    return lambda held: held


EXPORTER = Exporter(
    title=Text("Parquet (Hugging Face datasets)", "Parquet（Hugging Face datasets）"),
    help=Text(
        "Everything a row holds, in columns: load_dataset opens the folder as it is, and it can be uploaded to a hub.",
        "保留每一行的全部内容，按列存储：load_dataset 可直接打开该文件夹，也可上传到 Hub。",
    ),
    records=tuple(RECORDS.values()),
    write=write,
    order=35,
)
