"""Bytes and lengths of time as people read them."""

from __future__ import annotations

from studio.core.text import Language


def size(count: float) -> str:
    """Return a number of bytes in three figures at most.

    >>> size(3_240_000), size(92_000_000), size(176e6)
    ('3.2 MB', '92 MB', '176 MB')
    """
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f}".removesuffix(".0") + f" {unit}"


def duration(seconds: float, language: Language) -> str:
    """Return a length of time in two units at most: `42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    hours, minutes, left = whole // 3600, whole % 3600 // 60, whole % 60
    h, m, s = (" h", " min", " s") if language == "en" else (" 小时", " 分", " 秒")
    if hours:
        return f"{hours}{h} {minutes}{m}"
    if not minutes and not left and seconds > 0:
        return "less than 1 s" if language == "en" else "不到 1 秒"
    return f"{minutes}{m} {left}{s}" if minutes else f"{left}{s}"
