"""Run in the child process: limit itself, read or write one file, answer in lines and batches.

Jobs are objects with ``task`` (``read``, ``list`` or ``write``), ``engine`` and ``driver``. A read
answers with ``{"layers": names}``, then for each layer ``{"layer": ..., "fields": ...}``, its
features in batches, ``{"count": n}``, and ``{"done": true}`` at last.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import IO, Any, NoReturn

import shapely

from pkzone.errors import AmbiguousLayer, FormatError, did_you_mean, printable
from pkzone.formats.batches import Batch, Engine, Opened, encoded, read_batch
from pkzone.formats.tables import read_note
from pkzone.geojson.model import MAX_BYTES

__all__ = ["main", "perform"]

_MAX_OPEN_FILES = 256
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def main(job: dict[str, Any]) -> NoReturn:
    """Do a job given on the first line of standard input, and exit."""
    _limit(job)
    _end_with_parent(job)
    if job["engine"] == "pyogrio":
        sys.meta_path.insert(0, _NoFrames())
    answers = sys.stdout.buffer
    try:
        for answer in perform(job, batches_in(sys.stdin.buffer)):
            answers.write(encoded(answer))
        answers.write(encoded({"done": True}))
    except MemoryError:
        answers.write(encoded({"error": ["MemoryError", ""]}))
    except FormatError as error:
        answers.write(encoded({"error": [type(error).__name__, error.reason]}))
    except Exception as error:  # whatever a library says about a bad file is one line
        if job.get("debug"):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        answers.write(encoded({"error": ["FormatError", f"cannot be read: {reason}"]}))
    answers.flush()
    sys.exit(0)


def batches_in(stream: IO[bytes]) -> Iterator[Batch]:
    """Yield the batches of features to write, as far as they are whole."""
    for line in stream:
        head = json.loads(line)
        batch = head and read_batch(head, stream)
        if batch is None:
            return
        yield batch


def perform(job: dict[str, Any], batches: Iterator[Batch]) -> Iterator[Batch | dict[str, Any]]:
    """Do a job and yield its answers; in a process of its own, but for tests."""
    engine: Engine = import_module(f"pkzone.formats.engine_{job['engine']}")
    if job["task"] == "write":
        yield _write(engine, job, batches)
        return
    places = [
        (source, name) for source in job["sources"] for name in engine.layer_names(source, job)
    ]
    names = [name for _, name in places]
    extra = _extra(engine, job)
    yield {"layers": names}
    if job["task"] == "list":
        chosen = places + extra
    elif extra and job["layers"]:
        every = places + extra
        chosen = [every[i] for i in _chosen([n for _, n in every], job["layers"], whole=True)]
    else:
        several = len(names) > 1 and not job["layers"]
        whole = job["whole_document"] or (several and _are_one(engine, places, job))
        chosen = [places[i] for i in _chosen(names, job["layers"], whole=whole)]
    for source, name in chosen:
        with engine.open_layer(source, name, job) as opened:
            yield from _layer(name, opened, job)


def _extra(engine: Engine, job: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return the layers that repeat what others hold: read only where they are named."""
    names = getattr(engine, "extra_layers", None)
    return [(one, name) for one in job["sources"] for name in names(one, job)] if names else []


def _chosen(names: list[str], wanted: list[str], *, whole: bool) -> list[int]:
    """Return which layers are read: those wanted, all of one document, else the only one."""
    listed = printable(", ".join(names), limit=200)
    if wanted:
        missing = [name for name in wanted if name not in names]
        if missing:
            hint = did_you_mean(missing[0], names)
            reason = f"has no layer {printable(missing[0])}; {hint}it has: {listed or 'none'}"
            raise AmbiguousLayer("", reason)
        return [i for i, name in enumerate(names) if name in wanted]
    if not names and not whole:
        raise FormatError("", "holds no layer with features")
    if whole or len(names) == 1:
        return list(range(len(names)))
    reason = f"has {len(names)} layers: {listed}; choose with --layer, once for each wanted"
    raise AmbiguousLayer("", reason)


def _are_one(engine: Engine, places: list[tuple[Any, str]], job: dict[str, Any]) -> bool:
    """Return whether the notes of all layers name the same layers as parts of one."""
    sets = []
    for source, name in places:
        with engine.open_layer(source, name, job) as opened:
            sets.append((read_note(opened.note) or {}).get("together"))
    return all(isinstance(one, list) and one == [name for _, name in places] for one in sets)


def _layer(name: str, opened: Opened, job: dict[str, Any]) -> Iterator[Batch | dict[str, Any]]:
    from pkzone.formats.reproject import Reprojection

    header = {
        "layer": name,
        "fields": [list(field) for field in opened.fields],
        "geometry": opened.geometry,
        "stated": opened.count,
        "note": opened.note,
        "about": opened.about,
        "notices": opened.notices,
    }
    if job["task"] == "list":
        crs = None
        if opened.crs:
            from pyproj import CRS

            crs = CRS.from_user_input(opened.crs).name
        yield {**header, "crs": crs}
        return
    reprojection = Reprojection(opened.crs, job["crs"], opened.bounds)
    yield {**header, "crs": reprojection.told}
    count, located, odd = 0, 0, 0
    for batch in opened.batches:
        shapes = reprojection.shapes(batch.shapes, count)
        located += int((~shapely.is_missing(shapes)).sum())
        columns = [list(map(_plain, column)) for column in batch.columns]
        for plain, column in zip(columns, batch.columns, strict=True):
            odd += sum(a is None and b is not None for a, b in zip(plain, column, strict=True))
        yield Batch(columns, shapes)
        count += len(batch)
    if opened.count is not None and opened.count != count:
        raise FormatError("", f"states {opened.count} features, but {count} can be read")
    if opened.located is not None and opened.located > located:
        raise FormatError("", f"is damaged: {opened.located - located} geometries cannot be read")
    late = {"notices": opened.late_notices, "lines": opened.lines}
    yield {"count": count, "not_numbers": odd, **late}


class _NoFrames:
    """Hides pandas and geopandas from pyogrio and pyarrow, which import what they find.

    Neither is needed to read and write Arrow batches, and they take a second to import.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse the two; let other finders look for the rest."""
        if name in ("geopandas", "pandas"):
            raise ModuleNotFoundError(name)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(engine: Engine, job: dict[str, Any], batches: Iterator[Batch]) -> dict[str, Any]:
    """Write the tables of a job, then count in the file what has arrived."""

    def taken(table: dict[str, Any]) -> Iterator[Batch]:
        left = table["count"]
        while left > 0:
            batch = next(batches, None)
            if batch is None:
                raise FormatError("", "the features to write ended too early")
            left -= len(batch)
            yield batch

    for table in job["tables"]:
        engine.write_table(table, taken(table), job)
    if next(batches, None) is not None:
        raise FormatError("", "more features came than were announced")
    for table in job["tables"]:
        found = engine.count(table)
        if found != table["count"]:
            reason = f"{table['count']} features were written, but {found} are in the file"
            raise FormatError("", reason)
    return {"written": [Path(table["path"]).name for table in job["tables"]]}


def _limit(job: dict[str, Any]) -> None:
    """Take limits on memory, time and files that cannot be raised again."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    memory, seconds = job["memory_mib"] * 1024**2, max(1, math.ceil(job["seconds"]))
    limits = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES, _MAX_OPEN_FILES),
    ]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory, memory))
    writes = job["task"] == "write"
    size = MAX_BYTES if writes else 0
    limits.append((resource.RLIMIT_FSIZE, size, size))
    if writes:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it: the parent is to know
    for kind, soft, hard in limits:
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))


def _end_with_parent(job: dict[str, Any]) -> None:
    """End this process when the one that started it has ended, however that came.

    Linux does it, even in the middle of a library. Elsewhere the end of standard input tells, on
    which a writer reads its rows.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != job["parent"]:  # it ended before that
            os._exit(1)
    elif job["task"] != "write":
        Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 4096):  # past Python's own buffer, whose lock would hold up the exit
        pass
    os._exit(1)
