"""Users' tokens: from the environment, or kept in the user's configuration folder, readable by nobody else.

A token goes into a request's header and nowhere else: not into an argument of a program, a recipe, a log or an answer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from studio.core.errors import InputError
from studio.core.files import read_json, write_json
from studio.core.locks import locked
from studio.core.text import Text
from studio.core.workspace import config_folder
from studio.hubs.base import HUBS, HubAccount, hub_names

_FORM = re.compile(r"[\x21-\x7e]{8,512}")
Origin = Literal["", "environment", "kept", "client"]


def accounts() -> dict[str, HubAccount]:
    """Return the accounts of all hubs by name."""
    found = (HUBS.load(name).account for name in hub_names())
    return {account.name: account for account in found}


def account(name: str) -> HubAccount:
    """Return an account. Raises InputError where there is none of that name."""
    known = accounts()
    if name not in known:
        listed = ", ".join(known)
        raise InputError(
            Text(f"there is no account '{name}'; accepted: {listed}", f"没有名为“{name}”的账号；可选：{listed}")
        )
    return known[name]


def token_of(name: str) -> str:
    """Return the token of an account; empty where there is none."""
    return _found(name)[0]


def origin_of(name: str) -> Origin:
    """Return where an account's token comes from; empty where there is none."""
    return _found(name)[1]


def require_form(name: str, given: str) -> str:
    """Return a token without what stands around it. Raises InputError where it can be none; does not repeat it."""
    known, token = account(name), given.strip()
    if not _FORM.fullmatch(token):
        raise InputError(
            Text(
                f"this can be no token of {known.title.en}: 8 to 512 letters, digits and signs without blanks are accepted",
                f"这不是有效的 {known.title.zh} 令牌：应为 8 到 512 个字母、数字或符号，中间没有空格",
            ),
            Text(f"Copy it from {known.form}.", f"请从 {known.form} 复制。"),
        )
    return token


def keep(name: str, given: str) -> None:
    """Keep a token for this user. Raises InputError where it can be none."""
    _write({name: require_form(name, given)})


def drop(name: str) -> bool:
    """Remove the token that is kept for an account; return whether one was."""
    account(name)
    was = bool(_kept().get(name))
    if was:
        _write({name: ""})
    return was


def _found(name: str) -> tuple[str, Origin]:
    known = account(name)
    if given := os.environ.get(known.variable, "").strip():
        return given, "environment"
    if kept := _kept().get(name, ""):
        return kept, "kept"
    try:
        client = place.read_text(encoding="utf-8").strip() if (place := known.client()) is not None else ""
    except (OSError, ValueError):
        client = ""
    return (client, "client") if _FORM.fullmatch(client) else ("", "")


def _file() -> Path:
    return config_folder() / "tokens.json"


def _kept() -> dict[str, str]:
    return {name: token for name, token in (read_json(_file()) or {}).items() if isinstance(token, str)}


def _write(change: Mapping[str, str]) -> None:
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / "tokens.lock"):
        tokens = {name: token for name, token in {**_kept(), **change}.items() if token}
        write_json(_file(), tokens, mode=0o600)
