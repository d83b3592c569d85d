"""Addresses of the public index."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.urls import is_public_index


@pytest.mark.parametrize(
    "url",
    [
        "https://upload.pypi.org/legacy/",
        "https://upload.pypi.org/legacy",
        "https://upload.pypi.org",
        "https://pypi.org/simple/",
        "https://test.pypi.org/legacy/",
        "http://upload.pypi.org/legacy/",
        "HTTPS://Upload.PyPI.org/legacy/",
        "https://upload.pypi.org./legacy/",
        "https://upload.pypi.org:443/legacy/",
        "https://upload.pypi.org.:8443/legacy/",
        "https://__token__:pypi-secret@upload.pypi.org/legacy/",
        "https://ada:se@cret@upload.pypi.org/legacy/",
        "https://ada:se%2Fcret@upload.pypi.org/legacy/",
        "https://upload.pypi.org?x=1",
        "https://upload.pypi.org#x",
        "https://upload.pypi.org\\@internal.example/legacy/",
        "https://upload.p%79pi.org/legacy/",
        "https://\uff50\uff59\uff50\uff49.org/legacy/",
        "https://upload\u3002pypi\uff0eorg/legacy/",
        "https://upload.py\u00adpi.org/legacy/",
        "  https://upload.pypi.org/legacy/",
        "https://pypi.python.org/pypi",
        "https://testpypi.python.org/pypi",
    ],
)
def test_public(url: str) -> None:
    """The host counts, in any spelling that leads to it."""
    assert is_public_index(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://index.example.org/pypi.org/legacy/",
        "https://pypi.org.example.org/",
        "https://mypypi.org/",
        "https://pypi.org@index.example.org/",
        "https://index.example.org/?mirror=https://pypi.org",
        "https://[::1]:8080/",
        "http://localhost/",
        "upload.pypi.org",
        "",
    ],
)
def test_private(url: str) -> None:
    """An index of one's own may have that name in any other part of its address."""
    assert not is_public_index(url)
