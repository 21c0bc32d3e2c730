"""Find how much memory this process can still have: of the machine, its cgroup and its limit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

__all__ = ["available_bytes"]

_GROUPS = Path("/sys/fs/cgroup")
_NO_LIMIT = 1 << 60  # what version 1 of control groups writes for none


def available_bytes(proc: Path = Path("/proc"), groups: Path = _GROUPS) -> int | None:
    """Return how many bytes can still be had, swap included; None where the system does not say.

    Parameters
    ----------
    proc, groups : Path, optional
        Where Linux tells of processes, and of control groups (containers).
    """
    found = [*_of_machine(proc), *_of_groups(proc, groups), *_of_limit(proc)]
    return max(0, min(found)) if found else None


def _of_machine(proc: Path) -> Iterator[int]:
    with suppress(OSError, ValueError, KeyError):
        lines = (line.split() for line in (proc / "meminfo").read_text("ascii").splitlines())
        kib = {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1}
        yield 1024 * (kib["MemAvailable"] + kib.get("SwapFree", 0))


def _of_groups(proc: Path, groups: Path) -> Iterator[int]:
    """Yield what each control group above this process has left; caches can be given back."""
    lines: list[str] = []
    with suppress(OSError, ValueError):
        lines = (proc / "self" / "cgroup").read_text("utf-8").splitlines()
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            root, names = groups, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            root = groups / "memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        inside = PurePosixPath(path).relative_to("/") if path.startswith("/") else PurePosixPath()
        for folder in (root / inside, *(root / one for one in inside.parents)):
            with suppress(OSError, ValueError):
                limit, used = (int((folder / name).read_text("ascii")) for name in names[:2])
                if limit < _NO_LIMIT:
                    yield limit - used + _stat(folder / "memory.stat", names[2])


def _stat(path: Path, name: str) -> int:
    with suppress(OSError, ValueError):
        for line in path.read_text("ascii").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0


def _of_limit(proc: Path) -> Iterator[int]:
    with suppress(ImportError, OSError, ValueError):
        from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit

        limit, _ = getrlimit(RLIMIT_AS)
        if limit != RLIM_INFINITY:
            pages = int((proc / "self" / "statm").read_text("ascii").split()[0])
            yield limit - pages * os.sysconf("SC_PAGE_SIZE")
