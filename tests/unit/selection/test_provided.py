"""Lists of what a platform has, in every form that pip reads or writes."""

import io
import sys
import timeit
from hashlib import sha256
from pathlib import Path

import pytest

from poetry_plugin_lock_package.errors import ProvidedError
from poetry_plugin_lock_package.selection.provided import (
    ProvidedFile,
    parse_provided,
    read_provided,
    read_standard_input,
)


def parse(text: str) -> ProvidedFile:
    return parse_provided(text.encode(), "list.txt")


def set_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def found(file: ProvidedFile) -> list[tuple[str, str | None, str]]:
    return [(package.name, package.version, str(package.marker)) for package in file.packages]


@pytest.mark.parametrize("condition", ['implementation_version >= "3.11"', 'sys_platform == "1.*"'])
def test_marker_that_pip_reads_differently(condition: str) -> None:
    """A line is an error if Poetry and pip disagree about where it applies: it may have no effect, or too much."""
    with pytest.raises(ProvidedError, match=r"line 2 of list\.txt has a marker that pip and Poetry read differently"):
        parse(f"six\npandas==1.5.3 ; {condition}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pandas==1.5.3", ("pandas", "1.5.3", "")),
        ("Zope_Interface==6.0 # a comment", ("zope-interface", "6.0", "")),
        ("pandas [excel,Parquet] == 1.5.3", ("pandas", "1.5.3", "")),
        ("pandas(==1.5.3)", ("pandas", "1.5.3", "")),
        ("torch==2.1.0+cu121", ("torch", "2.1.0+cu121", "")),
        ("pytz===2024-1", ("pytz", "2024.post1", "")),
        ("pytz===any-text", ("pytz", None, "")),
        ("pandas==1.5.3 ; python_version < '3.12'", ("pandas", "1.5.3", 'python_version < "3.12"')),
        ("pandas==1.5.3 --hash=sha256:ab --hash=sha256:cd", ("pandas", "1.5.3", "")),
        ("pandas==1.5.3 --config-settings=x=y", ("pandas", "1.5.3", "")),
        ("pandas", ("pandas", None, "")),
        ("pandas>=1.5,<2", ("pandas", None, "")),
        ("pandas==1.*", ("pandas", None, "")),
        ("pandas==1.5.3,!=1.5.4", ("pandas", "1.5.3", "")),
        # As `pip freeze` writes what was not installed from an index.
        ("pandas @ file:///croot/pandas_1/work", ("pandas", None, "")),
        ("pandas @ git+https://example.org/p.git@abc", ("pandas", None, "")),
        (
            "ruamel.yaml @ https://example.org/r.zip#sha256=ab ; os_name == 'nt'",
            ("ruamel-yaml", None, 'os_name == "nt"'),
        ),
        ("-e git+https://example.org/p.git@abc#egg=Pandas&subdirectory=src", ("pandas", None, "")),
        ("--editable=git+ssh://git@example.org/p.git#egg=pandas[excel]", ("pandas", None, "")),
        ("-e /srv/pandas#egg=pandas", ("pandas", None, "")),
        ("-e '/srv/my pandas#egg=pandas'", ("pandas", None, "")),
        ("git+https://example.org/p.git#egg=pandas ; os_name == 'nt'", ("pandas", None, 'os_name == "nt"')),
        ("pandas-1.5.3-py3-none-any.whl[excel]", ("pandas", None, "")),
        ("wheels\\pandas-1.5.3-py3-none-any.whl", ("pandas", None, "")),
        # pip reads no file that stands beside a requirement.
        ("pandas==1.5.3 -r nowhere.txt", ("pandas", "1.5.3", "")),
        ("git+https://example.org/p.git@abc#egg=pandas", ("pandas", None, "")),
        ("https://example.org/pandas-1.5.3-py3-none-any.whl", ("pandas", None, "")),
        ("./wheels/pandas-1.5.3-py3-none-any.whl", ("pandas", None, "")),
        ("/srv/pandas-1.5.3-py3-none-any.whl", ("pandas", None, "")),
    ],
)
def test_one_line(line: str, expected: tuple[str, str | None, str]) -> None:
    """Each form of a line gives a name, its version if there is exactly one, and its marker."""
    assert found(parse(line)) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# pandas==1.5.3",
        "--index-url https://user:secret@example.org/simple",
        "-i https://example.org/simple",
        "--find-links /srv/wheels",
        "--no-binary :all:",
        "--pre --prefer-binary --trusted-host example.org",
        "--use-feature=fast-deps",
        "--hash=sha256:ab",
        "--require-h",  # as pip, by the beginning of its name
        "--config-settings 'a=b c' --no-index",
    ],
)
def test_options_and_comments_are_skipped(line: str) -> None:
    """An option line says nothing about what the platform has."""
    file = parse(f"{line}\nnumpy==1.26.4")

    assert found(file) == [("numpy", "1.26.4", "")]
    assert (file.unnamed, file.includes) == ((), ())


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "-e /srv/pandas",
        "--editable ./pandas",
        "-e git+https://example.org/p.git",
        "https://example.org/archive.zip",
        "./pandas",
        "pandas/",
        "/srv/pandas",
        "C:/pandas",
        "file:pandas",
        "pandas.whl",
        "-e pandas",
        "-e git+https://example.org/p.git#egg=pa$das",
    ],
)
def test_unnamed(line: str) -> None:
    """What is installed without a name is counted by its line, never guessed from a folder."""
    file = parse(f"numpy==1.26.4\n{line}")

    assert found(file) == [("numpy", "1.26.4", "")]
    assert file.unnamed == (2,)


@pytest.mark.parametrize(
    "line",
    [
        # The table that `pip list` prints without --format=freeze.
        "Package    Version",
        "---------- -------",
        "-r",
        "-c",
        "-e",
        "-",
        "--index-url",
        "--no-such-option",
        "--pre more.txt",
        "--pre -r",
        "-r 'more.txt",
        "-r more.txt even-more.txt",
        "pandas==1.5.3 --no-such-option",
        "pandas==1.5.3 --hash",
        "pandas==1.5.3 --hash=sha256:ab numpy",
        "-e .#egg=pandas numpy",
        "-e https://example.org/p.zip#egg=pandas ; nothing == 'x'",
        "pandas 1.5.3",
        "pandas=1.5.3",
        "pandas==1.5.3#comment",
        "pandas==1.5.3 ; python_version <",
        "pandas==1.5.3 ; nothing == 'x'",
        # `packaging` reads these two, and poetry-core does not.
        "pandas==1.5.3 ; 'a' == 'a'",
        "pandas==1.5.3 ; 'x' in extras",
        "https://user:secret@example.org/a.zip#fragment",
    ],
)
def test_invalid_line(line: str) -> None:
    """A line that is none is an error with file and line, which does not repeat what may be secret."""
    with pytest.raises(ProvidedError) as caught:
        parse(f"# made-up\nnumpy==1.26.4\n{line}")

    assert str(caught.value) == (
        "--provided: line 3 of list.txt is neither a requirement nor an option that pip reads in a file."
        " Write the file with `pip freeze`"
    )


def test_spaces() -> None:
    """A line takes time in proportion to its length, also if it consists of spaces."""

    def seconds(count: int) -> float:
        text = f"pandas{' ' * count}==1"
        assert found(parse(text)) == [("pandas", "1", "")]
        return min(timeit.repeat(lambda: parse(text), number=1, repeat=5))

    assert seconds(16_000) / seconds(2_000) < 24


def test_continued_lines() -> None:
    """A backslash continues a line, as pip-compile writes hashes, and an error names the line where it begins."""
    hashed = "pandas==1.5.3 \\\n    --hash=sha256:ab \\\n    --hash=sha256:cd"
    file = parse(f"{hashed}\n# no \\\nnumpy==1.26.4 ; \\\nos_name == 'nt'\\")

    assert found(file) == [("pandas", "1.5.3", ""), ("numpy", "1.26.4", 'os_name == "nt"')]
    with pytest.raises(ProvidedError, match="line 2 of list"):
        parse("a==1\nb \\\n1.0\nc==1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_line_ends(end: str, encoding: str) -> None:
    """A byte order mark and any line ends are understood; PowerShell writes UTF-16."""
    content = end.join(["# Räder", "pandas==1.5.3", "numpy==1.26.4", ""]).encode(encoding)

    assert found(parse_provided(content, "list.txt")) == [("pandas", "1.5.3", ""), ("numpy", "1.26.4", "")]


def test_other_encoding() -> None:
    """Bytes that are not UTF-8 are an error that names their line."""
    with pytest.raises(ProvidedError, match="line 2 of list"):
        parse_provided("pandas==1.5.3\n# Räder\n".encode("latin-1"), "list.txt")


def test_digest_does_not_depend_on_line_ends() -> None:
    """The SHA-256 is that of the file with Unix line ends, so that git's conversion does not change it."""
    unix = b"pandas==1.5.3\nnumpy==1.26.4\n"

    assert parse_provided(unix, "a").digest == sha256(unix).hexdigest()
    assert parse_provided(unix.replace(b"\n", b"\r\n"), "a").digest == sha256(unix).hexdigest()


def test_read(tmp_path: Path) -> None:
    """A file is read with all that it includes, relative to the file that says so, each once even in a circle."""
    (tmp_path / "more").mkdir()
    (tmp_path / "list.txt").write_text("a==1\n-r more/one.txt\n--constraint=more/two.txt\n-cmore/one.txt\n")
    (tmp_path / "more" / "one.txt").write_text("b==2\n--requirement ../list.txt\n")
    (tmp_path / "more" / "two.txt").write_text("c==3\n")

    files = read_provided(Path("list.txt"), tmp_path)

    assert [file.name for file in files] == ["list.txt", "more/one.txt", "more/two.txt"]
    assert [package.name for file in files for package in file.packages] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "line", ["--pre -r one.txt", "-r one.txt --pre", "--requirem 'one.txt'", "-cone.txt", "-r one.txt -r two.txt"]
)
def test_include_among_options(tmp_path: Path, line: str) -> None:
    """A file is included wherever pip includes it: the first one of a line."""
    (tmp_path / "list.txt").write_text(line)
    (tmp_path / "one.txt").write_text("a==1\n")
    (tmp_path / "two.txt").write_text("b==1\n")

    assert [file.name for file in read_provided(Path("list.txt"), tmp_path)] == ["list.txt", "one.txt"]


def test_long_chain_of_includes(tmp_path: Path) -> None:
    """Each of thousands of files may include the next one, from another folder."""
    (tmp_path / "a").mkdir()
    count = 3000
    for number in range(count):
        (tmp_path / "a" / f"{number}.txt").write_text(f"-r ../a/{number + 1}.txt\np{number}==1\n")
    (tmp_path / "a" / f"{count}.txt").touch()

    assert len(read_provided(Path("a/0.txt"), tmp_path)) == count + 1


def test_missing(tmp_path: Path) -> None:
    """A file that is not there is named as it was given, and one that is included names the line as well."""
    with pytest.raises(ProvidedError) as caught:
        read_provided(Path("list.txt"), tmp_path)
    assert str(caught.value) == "--provided: list.txt cannot be read: No such file or directory"
    (tmp_path / "list.txt").write_text("\n-r more/one.txt")
    with pytest.raises(ProvidedError) as caught:
        read_provided(Path("list.txt"), tmp_path)
    assert str(caught.value) == (
        "--provided: line 2 of list.txt includes more/one.txt, which cannot be read: No such file or directory"
    )


def test_a_url_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """An included URL is an error that says what to do, and shows no password."""
    set_standard_input(monkeypatch, b"a==1\n-c https://user:secret@example.org/constraints.txt")
    with pytest.raises(ProvidedError) as caught:
        read_standard_input()
    assert str(caught.value) == (
        "--provided: line 2 of standard input includes a URL. Download that, and include the file"
    )


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes from standard input is called so, and includes files relative to the working directory."""
    (tmp_path / "one.txt").write_text("b==2\n")
    monkeypatch.chdir(tmp_path)

    set_standard_input(monkeypatch, b"a==1\n-r one.txt\n")

    assert [file.name for file in read_standard_input()] == ["standard input", "one.txt"]


def test_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python has no standard input if the program was started without one: that is one clear error."""
    monkeypatch.setattr(sys, "stdin", None)

    with pytest.raises(ProvidedError) as caught:
        read_standard_input()
    assert str(caught.value) == "--provided: standard input is closed. Pipe a list into the command"
