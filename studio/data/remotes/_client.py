"""A hub's own client at work in a process that can be ended at any moment; what it answers is one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import InputError, StudioError, UnavailableError
from studio.core.files import write_json
from studio.core.remote import LICENCE
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.remotes._address import Address, HubListing, chosen, parse

_LOOK_S = 0.2
_MB = 10**6


@dataclass(frozen=True)
class Hub:
    """A hub and how its client is asked.

    Args:
        scheme: of its addresses.
        program: the module of the client's process: `list ID REVISION`, `load ID REVISION FOLDER FILE...`.
        called: what it is called, with the mirror where one is set.
        page: the address of a dataset's page, for who has to agree to something there.
        token: the environment variable that holds a user's token.
        mirror: what to do where it cannot be reached.
    """

    scheme: str
    program: str
    called: Callable[[], str]
    page: str
    token: str
    mirror: Text

    def place(self, text: str) -> str:
        """Return the name of the folder that an address is fetched into. Raises InputError where it is none."""
        return parse(text, self.scheme).folder

    def fetch(self, text: str, folder: Path, report: Reporter) -> str:
        """Load the files that an address means, and return their revision."""
        address = parse(text, self.scheme)
        listed = self._ask(address, ["list", address.id, address.revision], report)
        listing = HubListing(listed["revision"], listed["files"], listed["configs"])
        files = chosen(address, listing, self.scheme)
        total = sum(listing.files[file] for file in files) // _MB
        folder.mkdir(parents=True, exist_ok=True)
        loading = ["load", address.id, listing.revision, str(folder), *files]
        self._ask(address, loading, report, lambda: report.progress(_bytes(folder) // _MB, total, "MB"))
        if listed.get("licence"):
            write_json(folder.parent / LICENCE, {"licence": str(listed["licence"])})
        return listing.revision

    def _ask(
        self, address: Address, arguments: Sequence[str], report: Reporter, look: Callable[[], None] = lambda: None
    ) -> dict[str, Any]:
        """Return the client's answer. Raises StudioError with what kept it from answering, and what to do."""
        environment = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_TELEMETRY": "1", "PYTHONUTF8": "1"}
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [sys.executable, "-m", self.program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )
            try:
                while process.poll() is None:
                    report.check_stop()
                    look()
                    time.sleep(_LOOK_S)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
            output.seek(0)
            lines = output.read().decode("utf-8", "replace").strip().splitlines()
        try:
            answer = json.loads(lines[-1]) if lines else {}
        except ValueError:
            answer = {}
        if process.returncode == 0 and isinstance(answer, dict):
            return answer
        fault = answer.get("fault", "") if isinstance(answer, dict) else ""
        raise self._error(address, fault, str(answer.get("said", "")) if fault else (lines or ["-"])[-1])

    def _error(self, address: Address, fault: str, said: str) -> StudioError:
        at, id = self.called(), address.id
        token = Text(f"set {self.token} to your token", f"把 {self.token} 设为你的令牌")
        if fault == "gated":
            return UnavailableError(
                Text(
                    f"{id} is gated: {at} gives it to those who agreed to its terms", f"{id} 需要先在 {at} 上同意其条款"
                ),
                Text(
                    f"Agree on {self.page}/{id}, {token.en}, and start again.",
                    f"请在 {self.page}/{id} 页面同意条款，{token.zh}，然后重试。",
                ),
            )
        if fault == "missing":
            return InputError(
                Text(f"{at} has no dataset {id} that you may see", f"{at} 上没有你能访问的数据集 {id}"),
                Text(f"Check the name; for a private one {token.en}.", f"请检查名称；私有数据集请{token.zh}。"),
            )
        if fault == "revision":
            return InputError(
                Text(f"{id} has no revision '{address.revision}'", f"{id} 没有版本“{address.revision}”"),
                Text(
                    "Leave it out for the newest, or name a branch, tag or commit.",
                    "留空取最新，或填写分支、标签或提交。",
                ),
            )
        if fault == "rate":
            return UnavailableError(
                Text(f"{at} asks to wait: too many requests", f"{at} 请求过于频繁，需要等待"),
                Text(
                    f"Try again in some minutes; it allows more if you {token.en}.",
                    f"请几分钟后重试；{token.zh}后额度更高。",
                ),
            )
        return UnavailableError(
            Text(f"{at} cannot be reached ({said[:160]})", f"无法连接 {at}（{said[:160]}）")
            if fault == "offline"
            else Text(f"{id} could not be fetched from {at} ({said[:160]})", f"无法从 {at} 获取 {id}（{said[:160]}）"),
            self.mirror,
        )


def _bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:  # the client has just moved it
            continue
    return total


def answer(work: Callable[[], dict[str, Any]], fault_of: Callable[[Exception], str]) -> int:
    """Print what a client's work gives, or what kept it from it; return the exit code. The client's process ends with it."""
    try:
        print(json.dumps(work()), flush=True)
    except Exception as error:  # noqa: BLE001  the process's outermost frame: whatever the client raises is told
        said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        print(json.dumps({"fault": fault_of(error) or "other", "said": f"{type(error).__name__}: {said}"}), flush=True)
        return 1
    return 0
