"""API keys: shown once when made, kept as hashes in the workspace's `keys.json`.

A key is 32 random bytes, so that a plain sha256 of it cannot be guessed back.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.api.settings import Settings
from studio.core.errors import InputError
from studio.core.files import is_name, read_json, write_json
from studio.core.locks import locked
from studio.core.text import Text
from studio.core.workspace import Workspace
from studio.openai.errors import SERVER, ApiError
from studio.runs.names import knowledge_names

PREFIX = "mq-"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Key:
    """A key as it is kept.

    Args:
        name: what its owner calls it.
        sha256: hex digest of the key.
        knowledge: the knowledge bases it is limited to; empty: any.
        created: local time, `2026-11-20T10:15:00`.
    """

    name: str
    sha256: str
    knowledge: tuple[str, ...] = ()
    created: str = ""

    def may_use(self, knowledge: str) -> bool:
        """Tell whether the key opens a knowledge base; a model alone (an empty name) is open to every key."""
        return not self.knowledge or not knowledge or knowledge in self.knowledge


ANYONE = Key("", "")
"""Who asks where no key is needed."""


def add(workspace: Workspace, name: str, knowledge: Sequence[str] = ()) -> str:
    """Make a key, limited to knowledge bases if any are named, and return it: it cannot be read back later.

    Raises:
        InputError: the name is taken or no plain name, or there is no such knowledge base.
    """
    if not is_name(name):
        raise InputError(
            Text(
                f"'{name}' is no plain name; accepted: letters, digits, '_', '.', '-' (64 at most)",
                f"“{name}”不能作为名称；只能用文字、数字和 _ . -，最长 64 个字符",
            )
        )
    known = knowledge_names(workspace) if knowledge else []
    for item in knowledge:
        if item not in known:
            listed = ", ".join(known) or "-"
            raise InputError(
                Text(
                    f"there is no knowledge base '{item}' here; there are: {listed}",
                    f"这里没有知识库“{item}”；现有：{listed}",
                )
            )
    secret = PREFIX + secrets.token_urlsafe(32)
    with _writing(workspace) as keys:
        if any(key.name == name for key in keys):
            raise InputError(
                Text(f"there is a key '{name}' already", f"已经有名为“{name}”的密钥"),
                Text(
                    f"Choose another name, or revoke it first: `python -m studio keys revoke {name}`.",
                    f"请换一个名称，或先吊销：`python -m studio keys revoke {name}`。",
                ),
            )
        created = time.strftime("%Y-%m-%dT%H:%M:%S")
        keys.append(Key(name, digest(secret), tuple(dict.fromkeys(knowledge)), created))
    return secret


def listing(workspace: Workspace) -> list[Key]:
    """Return the keys in the order they were made.

    Raises:
        InputError: the file cannot be read; it is never taken for an empty one, which would open the endpoint.
    """
    return load(workspace.keys)


def revoke(workspace: Workspace, name: str) -> None:
    """Take a key back; it is refused from the next request on.

    Raises:
        InputError: there is none of that name; lists those there are.
    """
    with _writing(workspace) as keys:
        kept = [key for key in keys if key.name != name]
        if len(kept) == len(keys):
            listed = ", ".join(key.name for key in keys) or "-"
            raise InputError(
                Text(f"there is no key '{name}'; there are: {listed}", f"没有名为“{name}”的密钥；现有：{listed}")
            )
        keys[:] = kept


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="surrogateescape")).hexdigest()


def match(keys: Sequence[Key], secret: str) -> Key | None:
    """Return the key that a secret opens; takes as long for a near miss as for a far one."""
    wanted = digest(secret)
    found = None
    for key in keys:
        if hmac.compare_digest(key.sha256, wanted):
            found = key
    return found


def load(path: Path) -> list[Key]:
    """Read a key file; a missing one holds no keys.

    Raises:
        InputError: it is there and cannot be read.
    """
    if not path.exists():
        return []
    entries = (read_json(path) or {}).get("keys")
    try:
        if not isinstance(entries, list):
            raise TypeError
        return [_key(entry) for entry in entries]
    except (TypeError, ValueError) as error:
        raise InputError(
            Text("the key file cannot be read", "密钥文件无法读取"),
            Text(
                "Restore it, or remove it and make new keys; until then no request is answered.",
                "请恢复该文件，或删除后重新生成密钥；在此之前不会响应任何请求。",
            ),
            str(path),
        ) from error


def _key(entry: object) -> Key:
    """Return a key from its entry. Raises TypeError or ValueError where it is none."""
    if not isinstance(entry, dict):
        raise TypeError
    key = Key(**{**entry, "knowledge": tuple(entry.get("knowledge", ()))})
    if not all(isinstance(text, str) for text in (key.name, key.sha256, key.created, *key.knowledge)):
        raise TypeError
    if not _DIGEST.fullmatch(key.sha256):
        raise ValueError
    return key


@contextmanager
def _writing(workspace: Workspace) -> Iterator[list[Key]]:
    """Yield the keys to change; one writer at a time, and the file is replaced whole."""
    with locked(workspace.prepare().runs / ".keys.lock"):
        keys = load(workspace.keys)
        yield keys
        write_json(workspace.keys, {"keys": [asdict(key) for key in keys]}, mode=0o600)


class KeyStore:
    """The keys as the endpoint sees them, read anew whenever the file changes: answers whose a bearer token is."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._extra = [Key("this process", digest(settings.token))] if settings.token else []
        self._always = not settings.loopback
        self._stamp: tuple[int, int, int] | None = None
        self._keys: list[Key] = []

    def required(self) -> bool:
        """Tell whether requests need a key: once there is one, and always where other machines can ask.

        Raises:
            ApiError: 503 the key file cannot be read.
        """
        return self._always or bool(self._current())

    def holder(self, authorization: str) -> Key:
        """Return whose request it is, by its Authorization header.

        Raises:
            ApiError: 401 a key is needed and this is none; 503 the key file cannot be read.
        """
        if not self.required():
            return ANYONE
        scheme, _, secret = authorization.strip().partition(" ")
        found = match(self._current(), secret.strip()) if scheme.lower() == "bearer" else None
        if found is not None:
            return found
        raise ApiError(
            401,
            Text(
                "no valid API key was given; send `Authorization: Bearer KEY` "
                "(make one with `python -m studio keys add NAME`)"
                if not secret.strip()
                else "this API key is wrong or revoked",
                "没有提供有效的 API 密钥；请发送 `Authorization: Bearer 密钥`（用 `python -m studio keys add 名称` 生成）"
                if not secret.strip()
                else "API 密钥不正确或已吊销",
            ),
            code="invalid_api_key",
        )

    def _current(self) -> list[Key]:
        try:
            state = self._path.stat()
            stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        except FileNotFoundError:
            stamp = (0, 0, 0)
        if stamp != self._stamp:
            try:
                self._keys = [*load(self._path), *self._extra]
            except InputError as error:
                message = Text(error.message.en, error.message.zh)
                raise ApiError(503, message, type=SERVER, code="keys_unreadable") from error
            self._stamp = stamp
        return self._keys
