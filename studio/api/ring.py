"""Who asks: the keys of a workspace as the endpoint sees them, read anew whenever the file changes."""

from __future__ import annotations

from pathlib import Path

from studio.api import keys
from studio.api.errors import SERVER, ApiError
from studio.api.keys import Key
from studio.api.settings import Settings
from studio.core.errors import InputError
from studio.core.text import Text

ANYONE = Key("", "")


class KeyRing:
    """Answers who a bearer token belongs to."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._extra = [Key("this process", keys.digest(settings.token))] if settings.token else []
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
        found = keys.match(self._current(), secret.strip()) if scheme.lower() == "bearer" else None
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
                self._keys = [*keys.load(self._path), *self._extra]
            except InputError as error:
                message = Text(error.message.en, error.message.zh)
                raise ApiError(503, message, type=SERVER, code="keys_unreadable") from error
            self._stamp = stamp
        return self._keys
