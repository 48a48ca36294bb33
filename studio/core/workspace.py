"""Where things are: the workspace and its folders."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core.errors import InputError
from studio.core.files import shown
from studio.core.text import Text

REPOSITORY = Path(__file__).resolve().parents[2]
ROOTS = "STUDIO_DATA_ROOTS"
"""Names the folders outside a workspace in which the page may name files, parted as in PATH."""


@dataclass(frozen=True)
class Workspace:
    """The folder that holds everything a user makes; copy it and everything comes along.

    Args:
        roots: the folders outside it in which recipes may name files; None where they may name whatever this process
            can read, as in a terminal.
    """

    root: Path
    roots: tuple[Path, ...] | None = field(default=None, compare=False)

    @property
    def recipes(self) -> Path:
        return self.root / "recipes"

    @property
    def knowledge(self) -> Path:
        return self.root / "knowledge"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def downloads(self) -> Path:
        """Files of recipes that were fetched from elsewhere."""
        return self.root / "downloads"

    @property
    def plugins(self) -> Path:
        """Files of strangers' plug-ins."""
        return self.root / "plugins"

    @property
    def keys(self) -> Path:
        """The API keys' hashes."""
        return self.root / "keys.json"

    @property
    def cache(self) -> Path:
        """This machine's own notes on the workspace: in STUDIO_CACHE, else the user's cache folder. May be deleted."""
        user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        home = Path(os.environ.get("STUDIO_CACHE") or user / "medqa-studio")
        digest = hashlib.sha256(f"{platform.node()}\0{self.root}".encode(errors="surrogateescape")).hexdigest()
        return home / digest[:16]

    def path(self, reference: str) -> Path:
        """Return a path a user wrote: absolute, `~`, or relative to the workspace.

        What the studio ships (recipes, the demo's files) is found from any workspace.

        Raises:
            InputError: it can be no path here: too long, the home of nobody, in a folder that may not be looked into.
        """
        try:
            path = Path(reference).expanduser()
            here, shipped = self.root / path, REPOSITORY / path
            return shipped if not here.exists() and shipped.exists() else here
        except (OSError, RuntimeError) as error:
            raise _no_path(reference, error) from error

    def relative(self, path: Path) -> Path:
        """Return a path as it is to be written down: relative where it lies in the workspace, so that a copy finds it.

        A link in the workspace stays one: `models/` may be on another volume.
        """
        for place, root in ((path, self.root), (path.resolve(), self.root.resolve())):
            if place.is_relative_to(root) and ".." not in place.parts:
                return place.relative_to(root)
        return path

    def confined(self, environ: Mapping[str, str] = os.environ) -> Workspace:
        """Return the workspace as the page has it: recipes name files inside it, and in the folders of STUDIO_DATA_ROOTS."""
        named = environ.get(ROOTS, "").split(os.pathsep)
        return replace(self, roots=tuple(Path(name.strip()).expanduser().resolve() for name in named if name.strip()))

    def require_open(self, path: Path) -> None:
        """Raise InputError for a path that a recipe may not name here; where links and `..` lead is what counts.

        Hidden files of the workspace (`.git`, `.env`) and its keys are not for recipes either.
        """
        if self.roots is None:
            return
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a zero byte
            raise _no_path(shown(path), error) from error
        own = [self.root, self.recipes, self.knowledge, self.runs, self.models, self.uploads]  # may be links
        own += [REPOSITORY / "recipes", REPOSITORY / "knowledge"]
        inside = [real.relative_to(folder) for folder in map(Path.resolve, own) if real.is_relative_to(folder)]
        hidden = any(part.startswith(".") for parts in inside for part in parts.parts) or real == self.keys.resolve()
        if (inside and not hidden) or any(real.is_relative_to(folder) for folder in self.roots):
            return
        opened = os.pathsep.join(map(str, self.roots))
        raise InputError(
            Text(
                "this lies outside of what recipes of the page may read: the workspace and the folders opened to it",
                "页面上的配方只能读取工作区和已开放文件夹中的文件，这个路径不在其中",
            ),
            Text(
                f"Upload the file, or name what lies in the workspace; or start the studio with {ROOTS} naming its folder "
                f"(now: {opened or 'none'}), or run the recipe from the command line.",
                f"请上传该文件，或改用工作区中已有的内容；或在启动时用 {ROOTS} 指定要开放的文件夹（现有：{opened or '无'}），或改用命令行运行。",
            ),
            shown(path),
        )

    def prepare(self) -> Workspace:
        """Make the folders and return self.

        Raises:
            InputError: the place cannot be written to.
        """
        try:
            for folder in (self.runs, self.models, self.knowledge, self.recipes, self.uploads):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                Text(f"the workspace cannot be written to ({error.strerror})", f"工作区无法写入（{error.strerror}）"),
                Text("Choose another folder with --workspace.", "请用 --workspace 另选一个文件夹。"),
                str(self.root),
            ) from error
        return self


def find_workspace(given: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace: the one given, STUDIO_WORKSPACE, or the repository itself.

    Raises:
        InputError: what was chosen can be no path here.
    """
    chosen = given or environ.get("STUDIO_WORKSPACE") or REPOSITORY
    try:
        return Workspace(Path(chosen).expanduser().resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise _no_path(str(chosen), error) from error


def config_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where a user's own decisions and secrets are kept: STUDIO_CONFIG, else the user's configuration folder."""
    user = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(environ.get("STUDIO_CONFIG") or user / "medqa-studio")


def _no_path(given: str, error: Exception) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    shown = given if len(given) <= 80 else f"{given[:77]}..."
    return InputError(Text(f"this is no path here ({reason})", f"这里没有这样的路径（{reason}）"), None, shown)
