"""Dependencies by the URL of a wheel, and by addresses that no installer follows."""

from pathlib import Path

from packaging.utils import canonicalize_name

from tests.kit import locked, only_wheel, poetry, write_project

WHEELS = {
    "en-core-web-sm": "https://example.org/en_core_web_sm-3.7.1-py3-none-any.whl",
    "jinja2": "https://example.org/Jinja2-3.0.3-py3-none-any.whl",
    "pillow": "https://example.org/Pillow-9.5.0-cp311-cp311-win_amd64.whl",
}


def test_spelling_of_the_file(tmp_path: Path) -> None:
    """Each wheel is pinned to its URL, in whatever way its file spells the name."""
    packages = [locked(name, source={"type": "url", "url": url}) for name, url in WHEELS.items()]
    project = write_project(tmp_path, packages)

    run = poetry(project, "lock-package --build --no-root")

    assert run.code == 0
    pinned = {canonicalize_name(r.name): r.url for r in only_wheel(project / "dist").requirements}
    assert pinned == WHEELS
