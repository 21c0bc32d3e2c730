"""Let git merge files as text, where pkzone cannot merge them by what they hold."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pkzone.errors import printable

__all__ = ["CLEAN", "CONFLICTS", "Outcome", "kept", "merge_lines"]

CLEAN, CONFLICTS = 0, 1

_GIT_FAILED = 128  # git merge-file counts conflicts up to 127


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a merge: the exit code for git, and lines for the people who ran it."""

    exit_code: int
    messages: tuple[str, ...]


def merge_lines(base: Path, ours: Path, theirs: Path, name: str, size: int) -> Outcome:
    """Let git merge the files as text."""
    label = printable(name, limit=None)
    command = [
        shutil.which("git") or "git",
        "merge-file",
        f"--marker-size={size}",
        "-L",
        "ours",
        "-L",
        "base",
        "-L",
        "theirs",
        "--",
        str(ours),
        str(base),
        str(theirs),
    ]
    try:
        result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        cause = error.strerror or str(error)
    else:
        if result.returncode == 0:
            message = f"{label}: merged line by line, as git merges text: look it over"
            return Outcome(CLEAN, (message,))
        if 0 < result.returncode < _GIT_FAILED:
            message = f"{label}: conflict, merged line by line, as git merges text"
            return Outcome(CONFLICTS, (message,))
        cause = result.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    return kept(name, cause)


def kept(name: str, cause: str) -> Outcome:
    """Return the outcome of a merge that failed, with what can be done."""
    message = (
        f"{printable(name, limit=None)}: not merged, ours is kept as it is; git checkout --theirs "
        f"takes the other side: {printable(cause, limit=None)}"
    )
    return Outcome(CONFLICTS, (message,))
