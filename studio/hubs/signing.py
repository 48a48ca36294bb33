"""Signing in to a hub and out of it, and what is said of a token: whether there is one and where from, never its text."""

from __future__ import annotations

import time
from dataclasses import dataclass

from studio.core.errors import UnavailableError
from studio.core.text import Text
from studio.hubs import accounts
from studio.hubs.accounts import Origin
from studio.hubs.base import HUBS, HubAccount, Refusal, RefusedError
from studio.hubs.client import HubClient
from studio.hubs.words import brief

_PATIENCE_S = 8.0
_KNOCK_S = 4.0
_NAMES = ("name", "preferred_username", "username", "Username")


def sign_in(name: str, given: str) -> Text:
    """Keep a token for this user once its hub accepts it, and say whose it is; where the hub does not answer, say that.

    Args:
        name: of the account.

    Raises:
        InputError: there is no such account, or it can be no token.
        UnavailableError: the hub does not accept it.
    """
    account, token = accounts.account(name), accounts.require_form(name, given)
    title = account.title
    try:
        who = _holder(account, token)
        told = Text(f"{title.en} knows it as {who}", f"{title.zh} 账号：{who}")
    except RefusedError as refused:
        if refused.refusal is not Refusal.OFFLINE:
            raise UnavailableError(
                Text(f"{title.en} does not accept this token; it is not kept", f"{title.zh} 不接受这个令牌，未保存"),
                Text(f"Make another on {account.form}.", f"请在 {account.form} 重新创建。"),
            ) from refused
        told = Text(f"{title.en} could not be asked about it", f"暂时无法向 {title.zh} 核实")
    accounts.keep(name, token)
    kept = Text(f"the token is kept for this user; {told.en}", f"令牌已保存，仅限当前用户使用；{told.zh}")
    if accounts.origin_of(name) != "environment":
        return kept
    return Text(
        f"{kept.en}. {account.variable} is set as well and goes before it",
        f"{kept.zh}。环境变量 {account.variable} 也已设置，会优先使用",
    )


def sign_out(name: str) -> Text:
    """Remove a token that is kept, and say what is left. Raises InputError where there is no such account."""
    was, title = accounts.drop(name), accounts.account(name).title
    told = (
        Text(f"the token of {title.en} is removed", f"已删除 {title.zh} 的令牌")
        if was
        else Text(f"no token of {title.en} was kept", f"没有保存过 {title.zh} 的令牌")
    )
    if not accounts.origin_of(name):
        return told
    left = state(name)
    return Text(f"{told.en}; still there: {left.en}", f"{told.zh}；仍然存在：{left.zh}")


def state(name: str) -> Text:
    """Return whether there is a token of an account, and where from."""
    return _state(accounts.account(name), accounts.origin_of(name))


@dataclass(frozen=True)
class HubAnswer:
    """What a hub answered when it was knocked at.

    Args:
        there: whether it answered at all.
        token_refused: whether it did not accept the user's token.
    """

    there: bool
    said: Text
    token_refused: bool = False


def answer_of(hub: str) -> HubAnswer:
    """Knock at a hub, with the user's token where it may go there, for a few seconds."""
    found = HUBS.load(hub)
    try:
        with HubClient(found, timeout_s=_KNOCK_S, patient=False) as client:
            began = time.monotonic()
            client.ask(f"{client.base}{found.account.whoami}")
            spent = round((time.monotonic() - began) * 1000)
        return HubAnswer(True, Text(f"answers in {spent} ms", f"{spent} 毫秒内响应"))
    except RefusedError as refused:
        if refused.refusal in (Refusal.OFFLINE, Refusal.ASTRAY):
            said = brief(refused)
            return HubAnswer(False, said)
        wrong = client.has_token and refused.refusal is not Refusal.RATE
        return HubAnswer(True, brief(refused) if wrong else Text("answers", "可以访问"), wrong)


def _state(account: HubAccount, origin: Origin) -> Text:
    return {
        "": Text("no token", "没有令牌"),
        "environment": Text(f"token from {account.variable}", f"令牌来自 {account.variable}"),
        "kept": Text("token kept here", "已保存令牌"),
        "client": Text(f"token of {account.title.en}'s own login", f"使用 {account.title.zh} 客户端登录的令牌"),
    }[origin]


def _holder(account: HubAccount, token: str) -> str:
    """Return what a hub calls whoever holds a token. Raises RefusedError."""
    with HubClient(HUBS.load(account.name), timeout_s=_PATIENCE_S, patient=False, token=token) as client:
        answer = client.ask(f"{client.base}{account.whoami}")
    try:
        said = answer.json()
    except ValueError:
        return "-"
    inside = said.get("data", said) if isinstance(said, dict) else {}
    found = [inside[key] for key in _NAMES if isinstance(inside, dict) and isinstance(inside.get(key), str)]
    return str(found[0])[:60] if found else "-"
