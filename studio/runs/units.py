"""What progress is counted in."""

from studio.core.text import Text, both

UNITS = {
    "steps": Text("steps", "步"),
    "rows": Text("rows", "行"),
    "passages": Text("passages", "段"),
    "files": Text("files", "个文件"),
    "questions": Text("questions", "题"),
    "answers": Text("answers", "个回答"),
    "bytes": Text("bytes", "字节"),
    "tokens": Text("tokens", "token"),
    "MB": both("MB"),
}


def unit_name(unit: str) -> Text:
    """Return what a unit is called; one that is not known is shown as it is written."""
    return UNITS.get(unit, both(unit))
