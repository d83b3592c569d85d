"""A private index that takes uploads: pypiserver, as a process of its own on loopback."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Not its command line, which does not tell the port if the system is to choose one.
_SERVER = """\
import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import pypiserver

folder, passwords = sys.argv[1:]
app = pypiserver.app(
    roots=[Path(folder)], password_file=passwords, authenticate=["download", "list", "update"], disable_fallback=True
)
with make_server("127.0.0.1", 0, app) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
"""


@contextmanager
def serve_upload_index(folder: Path, user: tuple[str, str]) -> Iterator[str]:
    """Serve the new ``folder`` to ``user``, a name and a password, and to nobody else; give the URL for uploads.

    The simple index of what has been uploaded is at ``simple/`` below it.
    """
    folder.mkdir()
    name, password = user
    passwords = folder.with_suffix(".htpasswd")
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
    passwords.write_text(f"{name}:{{SHA}}{digest}\n", encoding="utf-8")
    command = (sys.executable, "-c", _SERVER, folder, passwords)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
        finally:
            server.terminate()
