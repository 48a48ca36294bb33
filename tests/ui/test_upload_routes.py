"""Uploads that go on where they were cut: offsets, limits, names, and nothing left behind."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from starlette.types import Message

from studio.core.errors import InputError, UnavailableError
from studio.core.workspace import Workspace
from studio.ui import routes
from studio.ui.form.contents import HEAD, WHOLE
from studio.ui.incoming import LEFT_S, Incoming

ROWS = "".join(f'{{"question": "What reverses drug {n}?", "answer": "Antidote {n}."}}\n' for n in range(50)).encode()
OURS = {"X-Studio": "page", "Tus-Resumable": "1.0.0", "Accept-Language": "en"}
PIECE = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def client(workspace: Workspace) -> TestClient:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    return TestClient(app, base_url="http://studio/studio/uploads/", headers=OURS)


def create(client: TestClient, name: str = "few.jsonl", length: int = len(ROWS), kind: str = "dataset") -> Response:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    return client.post(kind, headers={"Upload-Length": str(length), "Upload-Metadata": metadata})


def send(client: TestClient, place: str, offset: int, data: bytes) -> Response:
    return client.patch(place, headers={**PIECE, "Upload-Offset": str(offset)}, content=data)


def upload(client: TestClient, name: str, data: bytes = ROWS, kind: str = "dataset") -> Response:
    place = create(client, name, len(data), kind).headers["location"]
    assert send(client, place, 0, data).status_code == 204
    return client.post(f"{place}/keep")


def waiting(workspace: Workspace) -> list[Path]:
    return list((workspace.uploads / ".incoming").glob("*"))


def test_a_file_comes_in_pieces_and_is_kept_with_what_it_holds(client: TestClient, workspace: Workspace) -> None:
    created = create(client)
    place = created.headers["location"]
    assert created.status_code == 201 and created.headers["tus-resumable"] == "1.0.0"
    assert not place.startswith(("/", "http")), "relative: a proxy's prefix stays"
    assert send(client, place, 0, ROWS[:1000]).headers["upload-offset"] == "1000"
    assert client.post(f"{place}/keep").status_code == 409, "not all of it is here"
    head = client.head(place)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("1000", str(len(ROWS)))
    assert head.headers["cache-control"] == "no-store" and "upload-expires" in head.headers
    for offset in (0, 999, 1001):
        assert send(client, place, offset, b"x").status_code == 409, "another offset than the server's"
    assert client.patch(place, headers={"Upload-Offset": "1000"}, content=b"x").status_code == 415
    assert send(client, place, 1000, ROWS[1000:]).status_code == 204
    kept = client.post(f"{place}/keep").json()
    assert (workspace.root / kept["kept"]).read_bytes() == ROWS
    assert "few.jsonl · 3.2 KB · Question and answer (qa) · 50 rows · first row: " in kept["notice"]
    assert client.post(f"{place}/keep").json() == kept, "an answer that was lost is given again"
    assert client.head(place).status_code == 404
    assert waiting(workspace) == []


def test_no_more_is_taken_than_was_announced(client: TestClient, workspace: Workspace) -> None:
    place = create(client, length=10).headers["location"]
    assert send(client, place, 0, b"x" * 11).status_code == 400
    assert next(workspace.uploads.glob(".incoming/*/few.jsonl")).stat().st_size <= 10


@pytest.mark.parametrize(("chunks", "kept"), [((1000, 700), 1700), ((100_000, 400_000, 8), 500_008)])
def test_a_line_that_is_cut_costs_what_was_in_the_air(
    client: TestClient, workspace: Workspace, chunks: tuple[int, ...], kept: int
) -> None:
    data = os.urandom(kept) + b"the rest"
    place = create(client, length=len(data)).headers["location"]
    pieces, start = [], 0
    for length in chunks:
        pieces.append(data[start : start + length])
        start += length
    messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"})

    async def receive() -> Message:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send_nowhere(message: Message) -> None:
        pass

    headers = {**OURS, **PIECE, "Upload-Offset": "0", "Content-Length": str(len(data))}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": f"/studio/uploads/{place}",
        "query_string": b"",
        "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
    }
    asyncio.run(client.app(scope, receive, send_nowhere))  # type: ignore[arg-type]
    fresh = FastAPI()  # a server that was started again
    fresh.include_router(routes.router(workspace))
    again = TestClient(fresh, base_url=client.base_url, headers=OURS)
    assert again.head(place).headers["upload-offset"] == str(kept)
    assert send(again, place, kept, data[kept:]).status_code == 204
    assert next(workspace.uploads.glob(".incoming/*/few.jsonl")).read_bytes() == data


def test_two_of_one_name_do_not_meet(client: TestClient, workspace: Workspace) -> None:
    places = [create(client).headers["location"] for _ in range(2)]
    half = len(ROWS) // 2
    for place in places:
        assert send(client, place, 0, ROWS[:half]).status_code == 204
    for place in places:
        assert send(client, place, half, ROWS[half:]).status_code == 204
    kept = {client.post(f"{place}/keep").json()["kept"] for place in places}
    assert len(kept) == 2 and all((workspace.root / path).read_bytes() == ROWS for path in kept)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/rows.jsonl", "rows.jsonl"),
        ("..\\..\\rows.jsonl", "rows.jsonl"),
        ("C:\\临床 题目.JSONL", "临床_题目.JSONL"),
        ("长" * 300 + ".jsonl", "长" * 66 + ".jsonl"),
    ],
)
def test_names_have_no_path_in_them(client: TestClient, workspace: Workspace, name: str, kept: str) -> None:
    path = Path(upload(client, name).json()["kept"])
    assert path.name == kept and path.parent.parent == Path("uploads")
    assert (workspace.root / path).is_file()


@pytest.mark.parametrize(
    ("name", "length", "says"),
    [
        ("few.jsonl", 0, "few.jsonl: the file is empty"),
        ("few.jsonl", 10_000_000_001, "the file has 10 GB, accepted: up to 10 GB"),
        ("scan.pdf", 10, "given a file ending in &#39;.pdf&#39;, accepted: .xlsx, .xls, .ods, .parquet"),
        ("README", 10, "given a file without an ending"),
        ("<b>.pdf", 10, "&lt;b&gt;.pdf"),
    ],
)
def test_what_cannot_be_used_is_refused_before_it_is_sent(
    client: TestClient, workspace: Workspace, name: str, length: int, says: str
) -> None:
    refused = create(client, name, length)
    assert refused.status_code == 400 and says in refused.json()["notice"]
    assert waiting(workspace) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        (b"colour,size\n", "data.csv: the file holds no rows"),
    ],
)
def test_what_a_run_could_not_use_is_not_kept(client: TestClient, workspace: Workspace, data: bytes, says: str) -> None:
    refused = upload(client, "data.csv", data)
    assert refused.status_code == 400 and says in refused.json()["notice"]
    assert waiting(workspace) == [] and list(workspace.uploads.glob("*/*")) == []


def test_what_is_to_be_answered_first_is_kept(client: TestClient, workspace: Workspace) -> None:
    said = upload(client, "data.csv", b"colour,size\nred,1\n").json()
    assert "Something is to be answered" in said["notice"] and (workspace.root / said["kept"]).is_file()


def test_a_large_file_is_looked_into_at_its_beginning(client: TestClient, workspace: Workspace) -> None:
    long = b"abcdefghi " * 300
    table = b"question,answer\n" + b'"q, %s\nline?",a\n' % long * (WHOLE // len(long))
    said = upload(client, "big.csv", table).json()["notice"]
    assert "30.1 MB" in said and "previewed from its first 8 MB" in said and "first row" in said
    assert "notice warn" not in said, "cut between rows, not within a quoted field"
    strange = b"colour,size\n" + b"%s,1\n" % long * (WHOLE // len(long))
    doubted = upload(client, "strange.csv", strange).json()
    assert "Something is to be answered" in doubted["notice"] and (workspace.root / doubted["kept"]).is_file()
    broken = b"question,answer\n" + b"%s\n" % long * (WHOLE // len(long))
    doubted = upload(client, "broken.csv", broken).json()
    assert "previewed from its first 8 MB: none of" in doubted["notice"]
    assert (workspace.root / doubted["kept"]).is_file(), "a beginning is no proof"
    array = b"[" + b'{"question": "q", "answer": "%s"},\n' % long * (WHOLE // len(long))
    assert "first 8 MB" not in upload(client, "array.json", array).json()["notice"]
    assert HEAD < WHOLE and waiting(workspace) == []


def test_a_cancelled_upload_is_gone(client: TestClient, workspace: Workspace) -> None:
    place = create(client).headers["location"]
    assert send(client, place, 0, ROWS[:10]).status_code == 204
    assert client.delete(place).status_code == 204
    assert client.delete(place).status_code == 404
    assert send(client, place, 10, ROWS[10:]).status_code == 404
    assert waiting(workspace) == []


def test_only_the_page_may_ask(client: TestClient, workspace: Workspace) -> None:
    place = create(client).headers["location"]
    del client.headers["X-Studio"]
    assert create(client).status_code == 403
    answers = [client.head(place), send(client, place, 0, ROWS), client.delete(place), client.post(f"{place}/keep")]
    assert [answer.status_code for answer in answers] == [403] * 4
    client.headers["X-Studio"] = "page"
    client.headers["Tus-Resumable"] = "0.2.2"
    assert client.head(place).status_code == 412
    client.headers["Tus-Resumable"] = "1.0.0"
    assert create(client, kind="train").status_code == 400, "takes no files"
    assert create(client, kind="none").status_code == 400
    for strange in ("dataset/..%2F..%2Fkeys", "dataset/20261127-000000-abcdeg"):
        assert client.head(strange).status_code == 404
    assert client.head(place).headers["upload-offset"] == "0"


def test_what_was_left_is_removed_after_a_day(workspace: Workspace) -> None:
    incoming = Incoming(workspace)
    left, fresh = incoming.create("left.jsonl", 10), incoming.create("fresh.jsonl", 10)
    junk = workspace.uploads / ".incoming" / "tmp1234"
    junk.mkdir()
    (junk / "upload").write_text("left by another program")
    old = time.time() - LEFT_S - 60
    for path in (left.path, left.folder, junk / "upload", junk):
        os.utime(path, (old, old))
    incoming.sweep()
    assert incoming.find(left.id) is None
    assert [item.id for item in incoming.all()] == [fresh.id]
    assert len(waiting(workspace)) == 2, "the one that goes on, and its note"
    incoming.sweep(time.time() + LEFT_S + 60)
    assert waiting(workspace) == []


def test_a_disk_without_room_says_so_before_anything_is_sent(workspace: Workspace) -> None:
    incoming = Incoming(workspace, largest=10**18)
    free = shutil.disk_usage(workspace.uploads).free
    with pytest.raises(UnavailableError, match="has room for"):
        incoming.create("big.jsonl", free + 1)
    promised = incoming.create("half.jsonl", free // 2)
    with pytest.raises(UnavailableError, match="has room for"):
        incoming.create("other.jsonl", free // 2)
    incoming.forget(promised)
    with pytest.raises(InputError, match="accepted: up to"):
        Incoming(workspace, largest=5).create("six.jsonl", 6)


def test_a_disk_that_fills_up_meanwhile_says_so_and_the_upload_can_go_on(
    client: TestClient, workspace: Workspace
) -> None:
    place = create(client).headers["location"]
    path = next(workspace.uploads.glob(".incoming/*/few.jsonl"))
    path.unlink()
    path.symlink_to("/dev/full")
    full = send(client, place, 0, ROWS)
    assert full.status_code == 507 and "No space left on device" in full.json()["notice"]
    path.unlink()
    path.touch()
    assert send(client, place, 0, ROWS).status_code == 204
    assert client.post(f"{place}/keep").status_code == 200
