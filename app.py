"""The web studio and its HTTP endpoint on one port: `python app.py [--host H] [--port P] [--workspace DIR] [--root-path P]`."""

from __future__ import annotations

import argparse
import os
import sys

from studio.core.errors import StudioError
from studio.core.text import shell_language
from studio.core.workspace import find_workspace


def main() -> int:
    """Serve until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(description="MedQA Studio: the web page and the HTTP endpoint on one port")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port (default: 7860)")
    parser.add_argument("--workspace", help="folder with recipes, runs, models, uploads (default: the repository)")
    parser.add_argument("--root-path", default="", help="the path a proxy puts in front, such as /user/me/proxy/7860")
    options = parser.parse_args()
    try:
        workspace = find_workspace(options.workspace).prepare()
        os.environ["STUDIO_WORKSPACE"] = str(workspace.root)  # where plug-ins are looked for
        from studio.ui import serving

        serving.run(workspace, options.host, options.port, os.environ, options.root_path)
    except StudioError as error:
        print(error.to(shell_language()), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
