"""Above the listing of models: those that are being fetched, how far they are, and which hub has a token."""

from __future__ import annotations

from markupsafe import Markup

from studio.core.text import Text
from studio.hubs import signing
from studio.hubs.accounts import accounts, origin_of
from studio.hubs.base import HubAccount
from studio.models.recipe import FetchRecipe
from studio.runs.index import Entry
from studio.runs.store import RunStore
from studio.runs.view import view
from studio.ui.context import Context
from studio.ui.html import fill, join
from studio.ui.panel import head
from studio.ui.panel.line import pulse
from studio.ui.parts.base import Part, Query

_SHOWN = 5


def version(context: Context, query: Query) -> str:
    tokens = ",".join(f"{name}:{origin_of(name)}" for name in accounts())
    return f"{tokens}|{'|'.join(pulse(context, entry) for entry in _fetches(context))}"


def render(context: Context, query: Query) -> dict[str, Markup]:
    return {"fetches": join(_fetch(context, entry) for entry in _fetches(context)), "tokens": _tokens(context)}


def _fetches(context: Context) -> list[Entry]:
    """Return the fetches that are under way, and the newest of all where it has failed."""
    kind = FetchRecipe.model_fields["kind"].default
    entries = RunStore(context.workspace).entries(kind)
    failed = [entry for entry in entries[:1] if entry.ended_as == "failed"]
    return [*[entry for entry in entries if entry.ended_as is None][:_SHOWN], *failed]


def _fetch(context: Context, entry: Entry) -> Markup:
    seen = view(entry.run)
    parts = (head.title(context, entry, seen), head.progress(context, seen), head.words(context, seen))
    return fill('<section class="fetching">{}</section>', join(parts))


def _tokens(context: Context) -> Markup:
    known = accounts()
    states = "; " if context.language == "en" else "；"
    colon = ": " if context.language == "en" else "："
    said = states.join(
        f"{context.text(account.title)}{colon}{context.text(signing.state(name))}" for name, account in known.items()
    )
    why = context.say(
        "Gated and private models want a token. It is kept for the user that runs the studio, readable by nobody else, and "
        "never shown again.",
        "需要接受条款的模型和私有模型要用令牌。令牌只保存给运行本程序的用户，其他人不可读，也不会再次显示。",
    )
    return fill(
        '<details class="tokens"><summary>{} <small>{}</small></summary><p>{}</p>{}</details>',
        context.say("Tokens of hubs", "Hub 令牌"),
        said,
        why,
        join(_form(context, name, account) for name, account in known.items()),
    )


def _form(context: Context, name: str, account: HubAccount) -> Markup:
    title = context.text(account.title)
    label = context.say(f"Token of {title}", f"{title} 令牌")
    remove = context.say("Remove", "删除")
    ask = context.say(f"Remove the token of {title}?", f"删除 {title} 的令牌？")
    removal = (
        fill(
            '<button type="button" class="act" data-post="token/{}/remove" data-ask="{}" data-word="{}" data-grade="danger">{}</button>',
            name, ask, remove, remove,
        )
        if origin_of(name) == "kept"
        else Markup()
    )  # fmt: skip
    return fill(
        '<form class="secret" data-secret="{0}"><label for="token-{0}">{1}</label>'
        '<input id="token-{0}" name="token" type="password" required autocomplete="off" spellcheck="false">'
        '<button class="act primary">{2}</button>{3}<small>{4} <a href="{5}" target="_blank" rel="noreferrer">{6}</a></small></form>',
        name,
        label,
        context.say("Save", "保存"),
        removal,
        context.text(_states(name)),
        account.form,
        context.say("make one", "去创建"),
    )


def _states(name: str) -> Text:
    state = signing.state(name)
    return Text(f"{state.en};", f"{state.zh}；")


PART = Part(version, render)
