"""Files of locked packages, and the lines of a constraints file, read back as pip reads them."""

from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.kit import LOCK_WHEEL, poetry, read_wheel

FILE = "example_package_lock-0.1.0-constraints.txt"
LOCK_PACKAGE = "example-package-lock==0.1.0"
GIT = {"type": "git", "url": "https://example.org/g.git", "reference": "main", "resolved_reference": "c0ffee" * 7}
Lines = list[tuple[str, set[str]]]


def files(*digits: str, algorithm: str = "sha256") -> list[dict[str, str]]:
    """Files of a locked package, whose hashes consist of one digit each."""
    return [{"file": f"{digit}.whl", "hash": f"{algorithm}:{digit * 64}"} for digit in digits]


def read(text: str) -> Lines:
    """Requirement and hashes (as far as they consist of one digit, that digit) of each line, in order."""
    logical = [line for line in text.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    lines = []
    for line in logical:
        requirement, *hashes = map(str.strip, line.split(" --hash="))
        parsed = Requirement(requirement)
        assert not parsed.extras
        marker = f" ; {parsed.marker}" if parsed.marker else ""
        what = f" @ {parsed.url}" if parsed.url else parsed.specifier
        assert hashes == sorted(set(hashes))
        digests = [value.partition(":")[2] for value in hashes]
        lines.append(
            (
                f"{canonicalize_name(parsed.name)}{what}{marker}",
                {digest[0] if len(set(digest)) == 1 else digest for digest in digests},
            )
        )
    return lines


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def constrained(project: Path, arguments: str = "") -> dict[str, set[str]]:
    """The constraints of ``project``, less the lock package, which has the hash of the wheel beside."""
    run = poetry(project, f"lock-package --build --constraints {arguments}")
    assert run.code == 0, run.err
    read_wheel(project / "dist" / LOCK_WHEEL)
    lines = read((project / "dist" / FILE).read_text())
    assert lines[0] == (LOCK_PACKAGE, {digest(project / "dist" / LOCK_WHEEL)})
    assert len(lines) == len(dict(lines))
    return dict(lines[1:])
