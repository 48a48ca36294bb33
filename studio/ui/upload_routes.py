"""What a form's drop area asks for: uploads that go on where they were cut, and the keeping of what has come whole."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup

from studio.core.amounts import size
from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.files import require_file
from studio.core.text import LANGUAGES, Language, Text
from studio.core.workspace import Workspace
from studio.runs.kind import Uploads
from studio.runs.kinds import KINDS
from studio.ui import tus
from studio.ui.context import Context
from studio.ui.form.contents import Contents, look
from studio.ui.html import error_notice, notice
from studio.ui.incoming import Incoming, Upload


def _asked(request: Request) -> Language:
    """Return the language of whoever asks, who must be a page of ours and speak the protocol."""
    if not request.headers.get("x-studio"):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "files are taken from the studio's page alone / 只能从 MedQA Studio 的页面上传"
        )
    if request.headers.get("tus-resumable", tus.NUMBER) != tus.NUMBER:
        raise HTTPException(HTTPStatus.PRECONDITION_FAILED, f"tus {tus.NUMBER}", {"Tus-Version": tus.NUMBER})
    return "en" if request.headers.get("accept-language", "").startswith("en") else "zh"


Asked = Annotated[Language, Depends(_asked)]


def router(workspace: Workspace) -> APIRouter:
    """Return the routes below `/uploads`. What was left there by a server before is removed once it is old."""
    routes = APIRouter(prefix="/uploads/{kind}", include_in_schema=False)
    incoming = Incoming(workspace)
    incoming.sweep()

    contexts = {language: Context(workspace, language) for language in LANGUAGES}

    @routes.post("")
    def create(request: Request, kind: str, language: Asked) -> Response:
        """Begin an upload of `Upload-Length` bytes; its address is the answer's `Location`."""
        name = tus.metadata(request).get("filename", "")
        try:
            _require_taken(_uploads_of(kind), name)
            upload = incoming.create(name, tus.number(request, "upload-length"))
        except UnavailableError as error:
            return _refusal(contexts[language], error, HTTPStatus.INSUFFICIENT_STORAGE)
        except StudioError as error:
            return _refusal(contexts[language], error, HTTPStatus.BAD_REQUEST)
        # relative: a proxy may have put a prefix, another host or TLS in front
        return tus.told(HTTPStatus.CREATED, upload, Location=f"{kind}/{upload.id}")

    @routes.head("/{identifier}")
    def how_far(identifier: str, language: Asked) -> Response:
        """Say how much of an upload is here."""
        upload = incoming.find(identifier)
        return tus.told(HTTPStatus.OK, upload) if upload else _gone(contexts[language])

    @routes.patch("/{identifier}")
    async def go_on(request: Request, identifier: str, language: Asked) -> Response:
        """Take the next piece."""
        upload = incoming.find(identifier)
        if upload is None:
            return _gone(contexts[language])
        try:
            return tus.told(await tus.take(upload, request), upload)
        except OSError as error:
            return _refusal(contexts[language], _unwritten(upload, error), HTTPStatus.INSUFFICIENT_STORAGE)

    @routes.delete("/{identifier}")
    def terminate(identifier: str, language: Asked) -> Response:
        """Forget an upload."""
        upload = incoming.find(identifier)
        if upload is None:
            return _gone(contexts[language])
        incoming.forget(upload)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=tus.VERSION)

    @routes.post("/{identifier}/keep")
    def keep(kind: str, identifier: str, language: Asked) -> Response:
        """Keep an upload that has come whole, and say where and what it holds; asked again it says so again."""
        upload, path = incoming.find(identifier), incoming.kept(identifier)
        try:
            accepted = _uploads_of(kind)
            if path is not None:
                contents = look(accepted, path)
            elif upload is None:
                return _gone(contexts[language])
            elif upload.offset < upload.length:
                return tus.told(HTTPStatus.CONFLICT, upload)
            else:
                contents = _usable(incoming, upload, accepted)
                path = incoming.keep(upload)
        except StudioError as error:
            return _refusal(contexts[language], error, HTTPStatus.BAD_REQUEST)
        kept = path.relative_to(workspace.root).as_posix()
        return JSONResponse({"kept": kept, "notice": _found(contexts[language], path, contents)})

    return routes


def _uploads_of(kind: str) -> Uploads:
    found = KINDS.find(kind)
    uploads = found.introduction.uploads if found is not None and found.introduction is not None else None
    if uploads is None:
        raise InputError(Text(f"no form of '{kind}' takes files", f"“{kind}”没有接收文件的表单"))
    return uploads


def _require_taken(accepted: Uploads, name: str) -> None:
    suffix, suffixes = Path(name).suffix.lower(), accepted.suffixes()
    if suffix not in suffixes:
        given = Text(f"given a file ending in '{suffix}'", f"文件后缀为“{suffix}”")
        if not suffix:
            given = Text("given a file without an ending", "文件没有后缀")
        raise InputError(
            Text(f"{given.en}, accepted: {', '.join(suffixes)}", f"{given.zh}，可接受：{'、'.join(suffixes)}"),
            None,
            name,
        )


def _usable(incoming: Incoming, upload: Upload, accepted: Uploads) -> Contents:
    """Return what a whole upload holds; one that a run could not use is removed.

    Raises:
        InputError: it is the pointer that Git LFS leaves behind, or its kind cannot use it.
    """
    try:
        require_file(upload.path)
        return look(accepted, upload.path)
    except InputError as error:
        incoming.forget(upload)
        raise InputError(error.message, error.hint, upload.name) from error


def _found(context: Context, path: Path, contents: Contents) -> Markup:
    """Return what was found in a file, for the page to show."""
    facts = (path.name, size(path.stat().st_size), context.text(contents.holds))
    said = notice(" · ".join(filter(None, facts)), grade="good")
    return said if contents.doubt is None else said + error_notice(context, contents.doubt)


def _gone(context: Context) -> Response:
    error = InputError(
        Text("this upload is no longer here", "这次上传已经不在了"),
        Text("Choose the file again.", "请重新选择这个文件。"),
    )
    return _refusal(context, error, HTTPStatus.NOT_FOUND)


def _unwritten(upload: Upload, error: OSError) -> UnavailableError:
    return UnavailableError(
        Text(f"the server cannot write the file ({error.strerror})", f"服务器无法写入文件（{error.strerror}）"),
        Text("Free some space in the workspace, then try again.", "请先在工作区腾出空间，再重试。"),
        upload.name,
    )


def _refusal(context: Context, error: StudioError, status: HTTPStatus) -> Response:
    return JSONResponse({"notice": error_notice(context, error)}, status, tus.VERSION)
