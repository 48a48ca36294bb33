"""What a user reads where a hub refuses: what it is, and the one thing that mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.core.amounts import duration
from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.text import Text
from studio.hubs.base import Hub, Refusal, RefusedError, Repository
from studio.hubs.route import shown_host

_NOUNS = {"models": Text("model", "模型"), "datasets": Text("dataset", "数据集")}


@dataclass(frozen=True)
class _Case:
    """A refusal with all that its words may name."""

    hub: Hub
    asked: Repository
    refused: RefusedError
    with_token: bool

    @property
    def at(self) -> Text:
        return called(self.hub)

    @property
    def noun(self) -> Text:
        return _NOUNS[self.asked.sort]

    @property
    def sign_in(self) -> Text:
        """Return how a token is given."""
        if not self.hub.trusted():
            return Text(
                f"your token is not sent to a mirror unless HF_ENDPOINT names it: set HF_ENDPOINT={self.hub.endpoint()}",
                f"令牌不会发送给镜像，除非用 HF_ENDPOINT 指定它：设置 HF_ENDPOINT={self.hub.endpoint()}",
            )
        return sign_in(self.hub)


def called(hub: Hub) -> Text:
    """Return what a hub is called: its name, with its address where that is not its own."""
    host = shown_host(hub.endpoint())
    usual = shown_host(hub.page(Repository("a/b")))
    if host == usual:
        return hub.title
    return Text(f"{hub.title.en} ({host})", f"{hub.title.zh}（{host}）")


def sign_in(hub: Hub) -> Text:
    """Return how a user gives the studio a token of a hub."""
    account = hub.account
    return Text(
        f"make a token on {account.form} and give it under Models, by `python -m studio models login {account.name}`, "
        f"or as {account.variable}",
        f"在 {account.form} 创建令牌，然后在“模型”页填写，或运行 `python -m studio models login {account.name}`，"
        f"或设置 {account.variable}",
    )


def error_of(hub: Hub, asked: Repository, refused: RefusedError, with_token: bool) -> StudioError:
    """Return a refusal in a user's words."""
    return _ERRORS[refused.refusal](_Case(hub, asked, refused, with_token))


def brief(refused: RefusedError) -> Text:
    """Return a refusal in a few words, where several hubs were asked."""
    said = _BRIEF[refused.refusal]
    if refused.refusal in (Refusal.OFFLINE, Refusal.OTHER, Refusal.ASTRAY) and refused.said:
        return Text(f"{said.en}, {refused.said}", f"{said.zh}，{refused.said}")
    return said


def _gated(case: _Case) -> StudioError:
    page, agreed = case.hub.page(case.asked), case.sign_in
    if case.with_token:
        mend = Text(
            f"Accept them on {page} with the account of your token, wait until you are let in, and start again.",
            f"请用令牌所属的账号在 {page} 接受条款，获准后重新开始。",
        )
    else:
        mend = Text(
            f"Accept them on {page}, {agreed.en}; then start again.",
            f"请在 {page} 接受条款，并{agreed.zh}；然后重新开始。",
        )
    return UnavailableError(
        Text(
            f"{case.asked.id} is gated: {case.at.en} gives it to those who accepted its terms",
            f"{case.asked.id} 需要先接受条款，{case.at.zh} 才允许下载",
        ),
        mend,
    )


def _missing(case: _Case) -> StudioError:
    page, private = case.hub.page(case.asked), case.sign_in
    ask = "" if case.with_token else f"; a private one wants a token: {private.en}"
    ask_zh = "" if case.with_token else f"；私有{case.noun.zh}需要令牌：{private.zh}"
    return InputError(
        Text(
            f"{case.at.en} has no {case.noun.en} {case.asked.id} that you may see",
            f"{case.at.zh} 上没有你能访问的{case.noun.zh} {case.asked.id}",
        ),
        Text(f"Check the name on {page}{ask}.", f"请在 {page} 核对名称{ask_zh}。"),
    )


def _revision(case: _Case) -> StudioError:
    return InputError(
        Text(
            f"{case.asked.id} has no revision '{case.asked.revision}'",
            f"{case.asked.id} 没有版本“{case.asked.revision}”",
        ),
        Text("Leave it out for the newest, or name a branch, tag or commit.", "留空取最新，或填写分支、标签或提交。"),
    )


def _unauthorised(case: _Case) -> StudioError:
    account = case.hub.account
    return UnavailableError(
        Text(
            f"{case.at.en} does not accept your token (it may have expired or been revoked)",
            f"{case.at.zh} 不接受你的令牌（可能已过期或被吊销）",
        ),
        Text(
            f"Make another on {account.form} and give it again; what {account.variable} says goes before what is kept.",
            f"请在 {account.form} 重新创建并再次填写；环境变量 {account.variable} 优先于已保存的令牌。",
        ),
    )


def _forbidden(case: _Case) -> StudioError:
    return UnavailableError(
        Text(
            f"your token may not read {case.asked.id} on {case.at.en}",
            f"你的令牌无权读取 {case.at.zh} 上的 {case.asked.id}",
        ),
        Text(
            f"On {case.hub.account.form}, let it read repositories that you have access to, gated ones included.",
            f"请在 {case.hub.account.form} 为它开启读取权限（包括需接受条款的仓库）。",
        ),
    )


def _rate(case: _Case) -> StudioError:
    wait = case.refused.wait_s
    in_en = f"Start again in {duration(wait, 'en')}" if wait else "Start again in some minutes"
    in_zh = f"请在 {duration(wait, 'zh')}后重新开始" if wait else "请几分钟后重新开始"
    more = Text("", "") if case.with_token else Text(f" With a token it allows more: {case.sign_in.en}.", f"登录后额度更高：{case.sign_in.zh}。")  # fmt: skip
    return UnavailableError(
        Text(f"{case.at.en} asks to wait: too many requests", f"{case.at.zh} 请求过于频繁，需要等待"),
        Text(f"{in_en}; what is loaded is kept.{more.en}", f"{in_zh}，已下载的部分会保留。{more.zh}"),
    )


def _offline(case: _Case) -> StudioError:
    said = case.refused.said
    return UnavailableError(
        Text(f"{case.at.en} cannot be reached ({said})", f"无法连接 {case.at.zh}（{said}）"), case.hub.mend
    )


def _cut(case: _Case) -> StudioError:
    return UnavailableError(
        Text(
            f"{case.at.en} broke off again and again while {case.asked.id} was loaded ({case.refused.said})",
            f"从 {case.at.zh} 下载 {case.asked.id} 时连接反复中断（{case.refused.said}）",
        ),
        Text(
            "Start again: it goes on where it broke off. Another hub or mirror may be steadier.",
            "请重新开始，会从中断处继续；也可换一个模型库或镜像。",
        ),
    )


def _wrong(case: _Case) -> StudioError:
    return UnavailableError(
        Text(
            f"{case.refused.said} of {case.asked.id} came twice with another content than {case.at.en} names (sha256)",
            f"{case.asked.id} 的 {case.refused.said} 两次下载的内容都与 {case.at.zh} 公布的 sha256 不符",
        ),
        Text(
            "Something on the way changes it (a proxy, a broken mirror): take it from another hub.",
            "传输途中内容被改动（代理或损坏的镜像），请改从其他模型库获取。",
        ),
    )


def _astray(case: _Case) -> StudioError:
    return UnavailableError(
        Text(
            f"{case.at.en} leads where the studio does not follow ({case.refused.said})",
            f"{case.at.zh} 指向了不允许访问的地址（{case.refused.said}）",
        ),
        Text(
            "Check HF_ENDPOINT or MODELSCOPE_ENDPOINT: an address is written https://HOST.",
            "请检查 HF_ENDPOINT 或 MODELSCOPE_ENDPOINT：地址应写作 https://主机名。",
        ),
    )


def _other(case: _Case) -> StudioError:
    said = case.refused.said
    return UnavailableError(
        Text(
            f"{case.asked.id} could not be fetched from {case.at.en} ({said})",
            f"无法从 {case.at.zh} 获取 {case.asked.id}（{said}）",
        ),
        case.hub.mend,
    )


_ERRORS: Mapping[Refusal, Callable[[_Case], StudioError]] = {
    Refusal.GATED: _gated,
    Refusal.MISSING: _missing,
    Refusal.REVISION: _revision,
    Refusal.UNAUTHORISED: _unauthorised,
    Refusal.FORBIDDEN: _forbidden,
    Refusal.RATE: _rate,
    Refusal.OFFLINE: _offline,
    Refusal.CUT: _cut,
    Refusal.WRONG: _wrong,
    Refusal.ASTRAY: _astray,
    Refusal.OTHER: _other,
}
_BRIEF: Mapping[Refusal, Text] = {
    Refusal.GATED: Text("gated", "需要先接受条款"),
    Refusal.MISSING: Text("not there", "没有这个仓库"),
    Refusal.REVISION: Text("no such revision", "没有这个版本"),
    Refusal.UNAUTHORISED: Text("does not accept your token", "不接受你的令牌"),
    Refusal.FORBIDDEN: Text("your token may not read it", "令牌无权读取"),
    Refusal.RATE: Text("asks to wait", "请求过于频繁"),
    Refusal.OFFLINE: Text("cannot be reached", "无法连接"),
    Refusal.CUT: Text("broke off", "连接中断"),
    Refusal.WRONG: Text("gave another content", "内容不符"),
    Refusal.ASTRAY: Text("leads astray", "地址不被允许"),
    Refusal.OTHER: Text("did not give it", "获取失败"),
}
