"""Giving a finished dataset away in a format: a folder of its own, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import building
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.dataset_folder import record_of
from studio.data.exporters import EXPORTERS
from studio.data.exporters.base import DatasetParts


def export(dataset: Path, name: str, target: Path, report: Reporter) -> list[Text]:
    """Write a dataset in a format into a folder.

    Args:
        name: the exporter's.
        target: the folder, which is there when all of it is.

    Returns:
        What is to be said of it: rows that the format cannot show, by the reason.

    Raises:
        InputError: there is no such format, it cannot show the dataset's rows, or the dataset cannot be read.
        Stopped: somebody asked; nothing is written.
    """
    exporter = EXPORTERS.load(name)
    parts = DatasetParts(dataset)
    if parts.record not in exporter.records:
        others = [item for item in EXPORTERS.all().values() if parts.record in item.records]
        en, zh = (", ".join(item.title.en for item in others), "、".join(item.title.zh for item in others))
        raise InputError(
            Text(
                f"{exporter.title.en} has no form for a {parts.record.noun.en}",
                f"{exporter.title.zh} 格式无法表示{parts.record.noun.zh}",
            ),
            Text(f"Formats that do: {en or '-'}.", f"可用的格式：{zh or '-'}。"),
        )
    with building(target) as folder:
        unshown = exporter.write(parts, folder, report)
    return [
        Text(
            f"{exporter.title.en}: {count:,} rows left out, because {reason.en}",
            f"{exporter.title.zh}：有 {count:,} 行未写出，因为{reason.zh}",
        )
        for reason, count in unshown.most_common()
    ]


def formats_of(dataset: Path) -> list[str]:
    """Return the formats that can show a dataset's rows, in their order.

    Raises:
        InputError: its rows are of a kind that is not known here.
    """
    record = record_of(dataset)
    found = sorted(EXPORTERS.all().items(), key=lambda item: (item[1].order, item[0]))
    return [name for name, exporter in found if record in exporter.records]
