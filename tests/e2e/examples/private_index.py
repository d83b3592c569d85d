"""A package index with a password, as companies have it: pypiserver."""

import base64
import hashlib
import socket
import subprocess
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError

_USER = "ada"
_PASSWORD = "lovelace"


@dataclass(frozen=True)
class PrivateIndex:
    """A server that asks for a user and a password, for reading too; what is uploaded appears in ``folder``."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """The address for installers, with the user and the password in it."""
        return f"http://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/simple/"

    @property
    def for_twine(self) -> dict[str, str]:
        """The variables that twine reads."""
        return {
            "TWINE_REPOSITORY_URL": f"http://127.0.0.1:{self.port}/",
            "TWINE_USERNAME": _USER,
            "TWINE_PASSWORD": _PASSWORD,
        }

    def uploaded(self) -> set[str]:
        """The wheels of the example that have been uploaded."""
        return {path.name for path in self.folder.glob("example_package*")}


@contextmanager
def serve_private_index(folder: Path) -> Iterator[PrivateIndex]:
    """Serve what is in ``folder`` on loopback, for as long as the context lasts."""
    users = folder.with_suffix(".htpasswd")
    digest = base64.b64encode(hashlib.sha1(_PASSWORD.encode()).digest()).decode()
    users.write_text(f"{_USER}:{{SHA}}{digest}\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = [Path(sysconfig.get_path("scripts"), "pypi-server"), "run", "--disable-fallback"]
    where = ["--interface", "127.0.0.1", "--port", str(port)]
    who = ["--passwords", users, "--authenticate", "list,download,update"]
    command = [*map(str, (*server, *where, *who, folder))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _asks_for_password(f"http://127.0.0.1:{port}/simple/"):
                assert process.poll() is None, f"pypi-server ended with {process.returncode}"
                time.sleep(0.05)
            yield PrivateIndex(folder, port)
        finally:
            process.terminate()


def _asks_for_password(url: str) -> bool:
    """Whether there is a server at ``url``; one that asks for nothing is not what was started."""
    try:
        urllib.request.urlopen(url)
    except HTTPError as error:
        return error.code == HTTPStatus.UNAUTHORIZED
    except URLError:
        return False
    raise AssertionError(f"{url} can be read without a password")
