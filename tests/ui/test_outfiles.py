"""Which files of a run the browser may read: its outputs and its story, never a token, never by a way around."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from studio.core.workspace import Workspace
from studio.runs.directory import Run
from studio.ui import routes
from studio.ui.outfiles import locate


@pytest.fixture
def run(new_run: Callable[..., Run]) -> Run:
    made = new_run("evaluate", name="e", dataset="d", models=["m"])
    (made.path / "report").mkdir()
    (made.path / "report" / "report.html").write_text("<script>1</script>")
    (made.path / "server.json").write_text("{}")
    made.log_file.write_text("log")
    made.write_result("finished", outputs={"report": "report"}, metrics={}, error=None)
    return made


def test_outputs_and_the_log_can_be_read(run: Run) -> None:
    assert locate(run, "report/report.html") == (run.path / "report" / "report.html").resolve()
    assert locate(run, "log.txt") is not None


@pytest.mark.parametrize(
    "path",
    ["server.json", "process.json", "report", "report/none.html", "../x", "report/../server.json", "/etc/passwd"],
)
def test_nothing_else_can(run: Run, path: str) -> None:
    assert locate(run, path) is None


def test_links_and_outputs_that_lead_outside_do_not(run: Run, workspace: Workspace) -> None:
    (run.path / "report" / "leak.txt").symlink_to("/etc/hostname")
    assert locate(run, "report/leak.txt") is None
    run.write_result("finished", outputs={"report": ".", "all": "../.."}, metrics={}, error=None)
    (workspace.root / "keys.json").write_text("{}")
    assert locate(run, "server.json") is None
    assert locate(run, "../../keys.json") is None


def test_a_report_is_shut_into_an_origin_of_its_own(run: Run, workspace: Workspace) -> None:
    app = FastAPI()
    app.include_router(routes.router(workspace))
    client = TestClient(app)
    answer = client.get(f"/studio/file/{run.id}/report/report.html")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"/studio/file/{run.id}/server.json").status_code == 404
    assert client.get("/studio/file/..%2f..%2fetc/passwd").status_code == 404
