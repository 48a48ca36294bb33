"""Giving a dataset away from its page, and taking a workbook back that somebody corrected."""

from __future__ import annotations

import shutil
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from studio.core.errors import InputError, StudioError
from studio.core.files import is_looked_through, is_name
from studio.core.text import Language, Text
from studio.core.workspace import Workspace
from studio.data.corrections import Corrections, OtherRowsError, corrected
from studio.data.export import export
from studio.data.kinds.dataset import corrected_again
from studio.runs.directory import Run
from studio.ui import archive, outfiles, tus
from studio.ui.context import Context
from studio.ui.deeds import foreign, refusal, unknown
from studio.ui.exporting import Exporting
from studio.ui.incoming import Incoming

_LONGEST_NAME = 50  # characters: what is put behind it has to fit
_WORKBOOK = ".xlsx"


def router(workspace: Workspace) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    incoming = Incoming(workspace)
    exporting = Exporting()

    @routes.get("/exporting/{watch}")
    def how_far(watch: str) -> Response:
        """Return the rows that an export has written, and all of them."""
        return JSONResponse(exporting.told(watch), headers={"Cache-Control": "no-store"})

    @routes.get("/export/{run}/{name}")
    def exported(
        run: str, name: str, lang: Language = "zh", watch: Annotated[str, Query(max_length=_LONGEST_NAME)] = ""
    ) -> Response:
        """Return a dataset in a format: one file as it is, several as a .zip; made now, and kept nowhere.

        How far it is can be asked for meanwhile by the name that it is given with `watch`.
        """
        context = Context(workspace, lang)
        found, folder = _dataset(workspace, run)
        if found is None or folder is None:
            return refusal(context, unknown(run), HTTPStatus.NOT_FOUND)
        scratch = Path(tempfile.mkdtemp(prefix="export-"))
        forget = BackgroundTask(shutil.rmtree, scratch, ignore_errors=True)
        try:
            with exporting.writing(watch, folder) as written:
                export(folder, name, scratch / "made", written)
        except StudioError as error:
            forget.func(*forget.args, **forget.kwargs)
            return refusal(context, error, HTTPStatus.BAD_REQUEST)
        files = archive.files_of(scratch / "made")
        called = f"{_name(found)}-{name}"
        headers = {"Cache-Control": "no-store", "Content-Encoding": "identity", "X-Content-Type-Options": "nosniff"}
        if len(files) == 1:
            headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(called)}{files[0].suffix}"
            return FileResponse(files[0], media_type="application/octet-stream", headers=headers, background=forget)
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(called)}.zip"
        pieces = archive.stream(scratch / "made", called)
        return StreamingResponse(pieces, media_type="application/zip", headers=headers, background=forget)

    @routes.post("/corrections/{run}")
    async def given_back(
        request: Request, run: str, name: str = "", lang: Language = "zh", x_studio: Annotated[str, Header()] = ""
    ) -> Response:
        """Take a corrected workbook, and say how the form is opened that makes the dataset anew with it."""
        context = Context(workspace, lang)
        if not x_studio:
            return refusal(context, foreign(), HTTPStatus.FORBIDDEN)
        found, folder = _dataset(workspace, run)
        if found is None or folder is None:
            return refusal(context, unknown(run), HTTPStatus.NOT_FOUND)
        try:
            _require_workbook(name)
            upload = await run_in_threadpool(incoming.create, name, tus.number(request, "content-length"))
            await tus.take(upload, request)
            if upload.offset < upload.length:
                incoming.forget(upload)
                raise _cut(name)
            path = await run_in_threadpool(incoming.keep, upload)
            if is_looked_through(path) and is_looked_through(folder):
                await run_in_threadpool(_looked_at, folder, path)
            return JSONResponse({"wish": corrected_again(found.id, path.parent.name)})
        except StudioError as error:
            return refusal(context, error, HTTPStatus.BAD_REQUEST)
        except OSError as error:
            return refusal(context, _unwritten(name, error), HTTPStatus.INSUFFICIENT_STORAGE)

    return routes


def _dataset(workspace: Workspace, id: str) -> tuple[Run | None, Path | None]:
    found = outfiles.find(workspace, id)
    return found, outfiles.folder(found, "dataset") if found else None


def _name(run: Run) -> str:
    return run.name[:_LONGEST_NAME] if is_name(run.name) else "dataset"


def _looked_at(folder: Path, workbook: Path) -> None:
    """Look whether a workbook can be read back; one that cannot is not kept. What becomes of rows that were added or lost is
    asked on the form."""
    try:
        corrected(folder, workbook, Corrections(file=str(workbook)))
    except OtherRowsError:
        return
    except StudioError:
        shutil.rmtree(workbook.parent, ignore_errors=True)
        raise


def _require_workbook(name: str) -> None:
    if not name.lower().endswith(_WORKBOOK):
        raise InputError(
            Text(f"'{name}' is no workbook ({_WORKBOOK})", f"“{name}”不是工作簿（{_WORKBOOK}）"),
            Text(
                "Export the dataset as XLSX, and correct that workbook.", "请把数据集导出为 XLSX，在那个工作簿里修改。"
            ),
        )


def _cut(name: str) -> InputError:
    return InputError(
        Text("the file did not come whole", "文件没有传完"), Text("Choose it again.", "请重新选择。"), name
    )


def _unwritten(name: str, error: OSError) -> InputError:
    return InputError(
        Text(f"the server cannot write the file ({error.strerror})", f"服务器无法写入文件（{error.strerror}）"),
        Text("Free some space in the workspace, then try again.", "请先在工作区腾出空间，再重试。"),
        name,
    )
