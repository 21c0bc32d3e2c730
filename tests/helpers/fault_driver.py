"""Strike a change of a catalogue at its system calls, one by one, and look at what is left.

``python fault_driver.py SCENARIO:FAULT:FIRST:STEP...`` prints a line of JSON for each: how many
calls there are, how many were struck, and what went wrong. A process of its own, so that the
tests' does not fork.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pkzone
from pkzone.errors import LayerNotFound, PkzoneError
from tests.helpers import traced
from tests.helpers.own_catalogue import RECORDED, begin, point, tree, write

State = list[tuple[str, str, int, str]]
#: A file system in memory, where there is one: there is no waiting for a disk.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
FAULTS: dict[str, int | str] = {
    "kill": "kill", "interrupt": "interrupt", "ENOSPC": errno.ENOSPC, "EIO": errno.EIO,
    "EACCES": errno.EACCES,
}  # fmt: skip


def publish(root: Path, files: Path) -> None:
    pkzone.publish(files / "l-2024-05-02.geojson", catalogue=root, layer="line", title="T",
                   valid_from="2024-05-02", recorded=RECORDED, lock_timeout=0.2)  # fmt: skip


def correct(root: Path, files: Path) -> None:
    pkzone.publish(files / "l-2024-05-02.geojson", catalogue=root, layer="line", correct=True,
                   valid_from="2024-05-01", recorded=RECORDED, lock_timeout=0.2)  # fmt: skip


def series(root: Path, files: Path) -> None:
    named = [files / f"l-2024-05-0{day}.geojson" for day in (2, 3, 4)]
    pkzone.publish(named, catalogue=root, layer="new", new_layer="New", title="T",
                   date_from_name=True, recorded=RECORDED, lock_timeout=0.2)  # fmt: skip


def rename(root: Path, files: Path) -> None:
    """Rename a layer that an event names; again it is not there any more."""
    with suppress(LayerNotFound):
        pkzone.rename_layer("line", "front", title="F", catalogue=root, lock_timeout=0.2)


def retitle(root: Path, files: Path) -> None:
    pkzone.rename_layer("line", title="F", catalogue=root, lock_timeout=0.2)


def source(root: Path, files: Path) -> None:
    pkzone.add_source("S", catalogue=root, lock_timeout=0.2)


def naive(root: Path, files: Path) -> None:
    """The control: right when nothing goes wrong, but neither atomic nor in the right order."""
    drawn = files.parent / "model"
    if not drawn.exists():
        shutil.copytree(root, drawn)
        publish(drawn, files)
    for name in ("datapackage.json", "line/2024-05-02.geojson"):
        (root / name).write_bytes((drawn / name).read_bytes())


SCENARIOS: dict[str, Callable[[Path, Path], None]] = {
    "publish": publish, "correct": correct, "series": series, "rename": rename,
    "retitle": retitle, "source": source, "naive": naive,
}  # fmt: skip


def state_of(root: Path) -> State:
    """Return every source and record, with the hash of its content, which is read."""
    found: State = [("source", str(one["id"]), 0, "") for one in pkzone.catalogue(root).sources]
    for layer in pkzone.catalogue(root).layers:
        for record in layer.records:
            record.read_bytes()
            found.append((record.layer, record.id, record.record, record.sha256))
    return found


def main(scenario: str, fault: str, first: int, step: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="faults-", dir=MEMORY))
    tempfile.tempdir = str(folder)  # what a killed child leaves goes with it
    try:
        return _sweep(folder, SCENARIOS[scenario], FAULTS[fault], first, step)
    finally:
        tempfile.tempdir = None
        shutil.rmtree(folder)


def _sweep(
    folder: Path, change: Callable[[Path, Path], None], fault: int | str, first: int, step: int
) -> dict[str, Any]:
    origin = begin(folder / "origin", "line")
    pkzone.add_event(
        "2024", "E", layers=["line"], features=["line/a"], catalogue=origin, lock_timeout=0.2
    )
    files = folder / "files"
    for day, lon in ((2, 21), (3, 21), (4, 22)):
        write(files / f"l-2024-05-0{day}.geojson", point("a", lon, 42), point("b", 1, lon))
    before = state_of(origin)
    changed = Path(shutil.copytree(origin, folder / "changed"))
    change(changed, files)  # also imports all there is to import
    after = state_of(changed)
    root = folder / "struck"

    def act() -> int:
        try:
            change(root, files)
        except PkzoneError as error:
            _show(error)
            return 3
        except KeyboardInterrupt:
            return 130
        except BaseException as error:  # what a user would see as unforeseen
            _show(error)
            return 70
        return 0

    shutil.copytree(origin, root)
    calls = traced.run(act, at=0).calls
    wrong, struck, lines = [], 0, {}
    for at in range(first, calls + 1, step):
        shutil.rmtree(root)
        shutil.copytree(origin, root)
        ended = traced.run(act, at=at, fault=fault)
        struck += ended.reached
        lines[str(ended.code)] = lines.get(str(ended.code), 0) + 1
        if problem := _problem(root, ended.code, before, after):
            wrong.append(f"call {at}, exit {ended.code}: {problem}")
            continue
        if change is not naive:
            change(root, files)
            if tree(root) != tree(changed) or pkzone.verify(root).findings:
                wrong.append(f"call {at}: does not mend when published again")
    return {"calls": calls, "struck": struck, "exits": lines, "wrong": wrong}


def _show(error: BaseException) -> None:
    if os.environ.get("SHOW"):
        traceback.print_exception(error)


def _problem(root: Path, code: int | None, before: State, after: State) -> str:
    """Return what is wrong with what was left, empty if nothing is."""
    try:
        left = state_of(root)
    except PkzoneError as error:
        return f"cannot be read: {error}"
    if left not in (before, after):
        return "neither the state before nor the one after"
    if code == 0 and left != after:
        return "said to be done, but is not"
    if code in (3, 70) and left != before:
        return "said to have failed, but is done"
    if code == 70:
        return "an error that is not pkzone's"
    bad = [str(one) for one in pkzone.verify(root).findings if one.severity == "error"]
    return "; ".join(bad)


if __name__ == "__main__":
    if not traced.works():
        print(json.dumps({"skip": "a child process cannot be traced here"}))
    else:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have ignored it
        for asked in sys.argv[1:]:
            scenario, fault, first, step = asked.split(":")
            print(json.dumps(main(scenario, fault, int(first), int(step))))
