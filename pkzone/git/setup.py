"""Set up git for pkzone: lines of ``.gitattributes`` and entries of its configuration."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pkzone.errors import GitError, Unreadable, printable
from pkzone.files.atomic import write_bytes
from pkzone.revisions.runner import first_line, run_git

__all__ = ["remove", "script", "set_up", "with_drivers", "without_drivers"]

#: Files by pattern, and what pkzone does with them. All but the first describe a catalogue.
DRIVERS = {
    "*.geojson": ("diff", "merge"),
    "datapackage.json": ("merge",),
    "sources.json": ("merge",),
    "events.json": ("merge",),
    "data.*.po": ("merge",),
}
_OURS = re.compile(r"[ \t]+(?:diff|merge)=pkzone(?=\s|$)")
_CACHE = "refs/notes/textconv/pkzone"
_KEPT = ("diff.pkzone.cachetextconv", "merge.pkzone.name")  # a taste, where users have one


def set_up(*, everywhere: bool = False) -> tuple[str, ...]:
    """Make git use pkzone for GeoJSON and catalogues: in this repository, or in all of this user's.

    Safe to repeat. What users have set themselves for one of the patterns stays; so do all other
    lines and entries.

    Parameters
    ----------
    everywhere : bool, optional
        Write the user's own attributes file and ``git config --global`` instead of the
        ``.gitattributes`` and the configuration of the repository one is in.

    Returns
    -------
    tuple of str
        What was written and what was left, a line each.

    Raises
    ------
    GitError
        If there is no git, no repository with files, or pkzone could not be started by git.
    Unreadable, OutputError
        If the attributes file cannot be read or written.
    """
    path = _attributes_path(everywhere=everywhere)
    settings = _settings()
    _check_start()
    messages = list(_write_attributes(path))
    for key, value in settings.items():
        before = _config(everywhere, "--get", key)
        if before == value or (before is not None and key in _KEPT):
            continue
        _change_config(everywhere, "--replace-all", key, value)
        was = "" if before is None else f" (it was {before})"
        messages.append(f"set {key} = {value}{was}")
    if not everywhere:
        _drop_cache()
    return tuple(messages) or ("all was set up already",)


def remove(*, everywhere: bool = False) -> tuple[str, ...]:
    """Undo `set_up`; an attributes file that held nothing else is deleted.

    Returns
    -------
    tuple of str
        What was taken out, a line each.

    Raises
    ------
    GitError, Unreadable, OutputError
        As `set_up`.
    """
    path = _attributes_path(everywhere=everywhere)
    messages = []
    before = _read(path)
    after = without_drivers(before)
    if after != before:
        if after.strip():
            _write(path, after)
            messages.append(f"{path}: took out the drivers of {', '.join(DRIVERS)}")
        else:
            path.unlink()
            messages.append(f"{path}: deleted, since it held nothing else")
    for key in _settings():
        if _config(everywhere, "--get-all", key) is not None:
            _change_config(everywhere, "--unset-all", key)
            messages.append(f"unset {key}")
    if not everywhere:
        _drop_cache()
    return tuple(messages) or ("nothing was set up",)


def script(*, everywhere: bool = False) -> str:
    """Return the entries that `set_up` would write, as a script to read and to paste."""
    scope = _scope(everywhere)
    place = (
        "the attributes file of your own (core.attributesFile)"
        if everywhere
        else (".gitattributes in the top folder of the repository")
    )
    lines = [f"# {place}", *(_entry(*one) for one in DRIVERS.items()), "", "# in a shell"]
    lines += [
        f"git config {scope} {key} {shlex.quote(value)}" for key, value in _settings().items()
    ]
    return "\n".join(lines)


def with_drivers(text: str) -> tuple[str, tuple[str, ...]]:
    """Return an attributes file with pkzone's drivers, and what stays because users set it.

    Returns
    -------
    tuple of str and tuple of str
        The new content, and a remark on each driver that a pattern has already.
    """
    claims = {(pattern, name): claim for pattern, name, *claim in _claims(text)}
    missing = {
        pattern: [name for name in names if (pattern, name) not in claims]
        for pattern, names in DRIVERS.items()
    }
    kept = tuple(
        f"line {number} sets {word} for {pattern}; kept, so pkzone does not {name} there"
        for (pattern, name), (number, word) in claims.items()
        if word != f"{name}=pkzone"
    )
    end = "\r\n" if "\r\n" in text else "\n"
    gap = end if text and not text.endswith("\n") else ""
    added = [_entry(pattern, names) + end for pattern, names in missing.items() if names]
    return (text + gap + "".join(added) if added else text), kept


def _entry(pattern: str, names: Iterable[str]) -> str:
    """Return a line of an attributes file."""
    return " ".join([pattern, *(f"{name}=pkzone" for name in names)])


def without_drivers(text: str) -> str:
    """Return an attributes file without pkzone's drivers; all else in it stays."""
    kept = []
    for line in text.splitlines(keepends=True):
        pattern = "".join(line.split()[:1])
        if pattern in DRIVERS and _OURS.search(line):
            line = _OURS.sub("", line)
            if line.split() == [pattern]:
                continue
        kept.append(line)
    return "".join(kept)


def _claims(text: str) -> Iterator[tuple[str, str, int, str]]:
    """Yield each pattern of ours with a driver that is set for it, the line and the word."""
    for number, line in enumerate(text.split("\n"), start=1):
        pattern, *words = line.split() or [""]
        for word in words:
            name = word.lstrip("-!").partition("=")[0]
            for driver in DRIVERS.get(pattern, ()):
                if name in (driver, "binary"):  # binary: -diff -merge -text
                    yield pattern, driver, number, word


def _write_attributes(path: Path) -> Iterator[str]:
    before = _read(path)
    after, kept = with_drivers(before)
    if after != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, after)
        yield f"wrote {path}: {'; '.join(after[len(before) :].strip().splitlines())}"
    for remark in kept:
        yield f"{path}: {remark}"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unreadable(str(path), f"cannot be read: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8", "surrogateescape"), overwrite=True)


def _settings() -> dict[str, str]:
    """Return git's configuration by key. Git runs the commands in a shell, in the top folder."""
    command = shlex.join(_start())
    return {
        "diff.pkzone.textconv": f"{command} git-textconv --",
        "diff.pkzone.cachetextconv": "true",
        "merge.pkzone.name": "pkzone, feature by feature",
        # %P comes quoted from git; a percent sign of our own must be doubled.
        "merge.pkzone.driver": f"{command.replace('%', '%%')} git-merge -- %O %A %B %P %L",
        "difftool.pkzone.cmd": f'{command} git-difftool -- "$LOCAL" "$REMOTE"',
    }


def _start() -> list[str]:
    """Return the words that start pkzone, from any folder and any environment.

    ``-P`` keeps Python from importing modules that lie in the repository.
    """
    found = shutil.which("pkzone")
    if found:
        return [Path(found).absolute().as_posix()]
    return [Path(sys.executable).as_posix(), "-P", "-m", "pkzone"]


def _check_start() -> None:
    words = [*_start(), "--version"]
    with tempfile.TemporaryDirectory() as elsewhere:
        try:
            result = subprocess.run(  # noqa: S603
                words, cwd=elsewhere, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
            works = result.returncode == 0
        except OSError:
            works = False
    if not works:
        raise GitError(
            f"{shlex.join(words)} does not run, so git could not start pkzone; "
            "install pkzone and try again"
        )


def _attributes_path(*, everywhere: bool) -> Path:
    if not everywhere:
        top = run_git("rev-parse", "--show-toplevel")
        if top.returncode == 0:
            return Path(first_line(top.stdout)) / ".gitattributes"
        cause = first_line(top.stderr).removeprefix("fatal: ")
        raise GitError(
            f"{printable(str(Path.cwd()), None)}: {printable(cause, None)}; "
            "change into a repository's files, or use --global"
        )
    named = _config(everywhere, "--type=path", "--get", "core.attributesFile")
    if named:
        return Path(named)
    root = os.environ.get("XDG_CONFIG_HOME")
    return (Path(root) if root else Path.home() / ".config") / "git" / "attributes"


def _scope(everywhere: bool) -> str:
    return "--global" if everywhere else "--local"


def _config(everywhere: bool, *arguments: str) -> str | None:
    """Return a value of git's configuration, None if it is not set there."""
    result = run_git("config", _scope(everywhere), *arguments)
    return first_line(result.stdout) if result.returncode == 0 else None


def _change_config(everywhere: bool, *arguments: str) -> None:
    result = run_git("config", _scope(everywhere), *arguments)
    if result.returncode != 0:
        cause = first_line(result.stderr).removeprefix("error: ").removeprefix("fatal: ")
        raise GitError(
            f"git config {_scope(everywhere)} {arguments[1]}: refused: "
            f"{printable(cause, None)}; fix git's configuration and try again"
        )


def _drop_cache() -> None:
    """Forget texts that git keeps of an earlier pkzone, which may have written them otherwise."""
    run_git("update-ref", "-d", _CACHE)
