"""One piece of the page that fails says so in its place; the rest stays alive."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from markupsafe import Markup

from studio.core.errors import StudioError
from studio.core.text import Text
from studio.ui.context import Context
from studio.ui.html import error_notice

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class PieceError(StudioError):
    """A piece of the page raised what no message of ours foresaw."""


def guarded(
    context: Context, name: str, make: Callable[[], T], failed: Callable[[Markup], T], logged: bool = False
) -> T:
    """Return what a piece of the page is made of, or of what says why it cannot be; the log has the whole reason.

    Args:
        name: what the piece is called in the log.
        failed: makes a piece of a message.
        logged: whether the log has the reason already.
    """
    try:
        return make()
    except StudioError as error:
        return failed(error_notice(context, error))
    except Exception as problem:  # noqa: BLE001  ours or a stranger's: one piece must not take the page with it
        if not logged:
            _LOG.error("%s cannot be shown", name, exc_info=problem)
        said = f"{type(problem).__name__}: {problem}"
        unforeseen = PieceError(
            Text(f"this part of the page cannot be shown ({said})", f"页面的这一部分无法显示（{said}）"),
            Text(
                "The rest of the page still works. The terminal in which the studio runs says more.",
                "其他部分不受影响；详细原因见启动程序的终端。",
            ),
        )
        return failed(error_notice(context, unforeseen))
