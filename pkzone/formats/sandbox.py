"""Run the child process in which files are opened and written, within limits.

Parent and child speak in lines of JSON, and in batches of features. What the child says is data
from outside too: the parent checks it as it checks a GeoJSON file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from pkzone import errors
from pkzone.errors import FormatError, LimitExceeded, printable
from pkzone.formats.batches import Batch, encoded, line_of, read_batch
from pkzone.formats.registry import FORMATS
from pkzone.geojson.model import MAX_BYTES

__all__ = ["LIMITS", "MAX_RATIO", "RATIO_FREE_BYTES", "Limits", "ask", "tell"]

MAX_RATIO = 100
"""How many times as large as its file the features may be, once there are many of them."""

RATIO_FREE_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Limits:
    """Limits of the child process that opens a file.

    Attributes
    ----------
    seconds : float
        Processor time; the clock on the wall may run three times as long.
    memory_mib : int
        Address space in MiB, where the system can limit it (not on Windows or macOS).
    """

    seconds: float = 120
    memory_mib: int = 3072


LIMITS = Limits()


_START = (
    "import json, sys; job = json.loads(sys.stdin.buffer.readline()); sys.path[:] = job['path']; "
    "from pkzone.formats.sandbox_worker import main; main(job)"
)
_FEATURE_BYTES = 60  # what GeoJSON writes of a feature beside its properties and its geometry
_TEXT_OF_WKB = 1.4  # how many bytes GeoJSON takes for one of WKB: 22 for a position in 16

# Of all that GDAL can do, one driver is left; nothing is fetched, nothing is written beside.
_DRIVERS = (
    "PCIDSK", "netCDF", "PDS4", "VICAR", "JP2OpenJPEG", "PDF", "MBTiles", "BAG", "EEDA", "OGCAPI",
    "GDALG", "ESRI Shapefile", "MapInfo File", "UK .NTF", "LVBAG", "OGR_SDTS", "S57", "DGN",
    "OGR_VRT", "REC", "Memory", "MEM", "CSV", "NAS", "GML", "GPX", "LIBKML", "KML", "GeoJSON",
    "GeoJSONSeq", "ESRIJSON", "TopoJSON", "Interlis 1", "Interlis 2", "OGR_GMT", "GPKG", "SQLite",
    "ODBC", "WAsP", "PGeo", "MSSQLSpatial", "OGR_OGDI", "PostgreSQL", "MySQL", "OpenFileGDB",
    "DXF", "CAD", "FlatGeobuf", "Geoconcept", "GeoRSS", "GPSTrackMaker", "VFK", "PGDUMP", "OSM",
    "GPSBabel", "SUA", "OpenAir", "OGR_PDS", "WFS", "OAPIF", "HTF", "AeronavFAA", "EDIGEO", "GFT",
    "SVG", "CouchDB", "Cloudant", "Idrisi", "ARCGEN", "SEGUKOOA", "SEGY", "XLS", "ODS", "XLSX",
    "Elasticsearch", "Walk", "Carto", "AmigoCloud", "SXF", "Selafin", "JML", "PLSCENES", "CSW",
    "VDV", "GMLAS", "MVT", "NGW", "MapML", "GTFS", "PMTiles", "JSONFG", "MiraMonVector", "TIGER",
    "AVCBin", "AVCE00", "AIVector", "ADBC", "HTTP", "Parquet", "Arrow", "XODR", "LIBERTIFF",
    "STACIT", "STACTA", "VRT", "WMS", "WCS", "WMTS", "GTI", "Zarr", "HDF5", "COG", "GTiff",
)  # fmt: skip
_OPTIONS = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_CURL_CHUNK_SIZE": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_PROXY": "127.0.0.1:1",
    "GDAL_HTTPS_PROXY": "127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "https_proxy": "http://127.0.0.1:1",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_CONFIG_FILE": "",
    "GDAL_PYTHON_DRIVER_PATH": "",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_VRT_ENABLE_RAWRASTERBAND": "NO",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_NUM_THREADS": "1",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
    "OGR_SQLITE_PRAGMA": "trusted_schema=OFF",
    "PROJ_NETWORK": "OFF",
    "OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
}
_KEPT = ("SYSTEMROOT", "PATH")  # without them Windows starts nothing


def ask(
    job: dict[str, Any], *, folder: Path, shown: str, limits: Limits, most: int | None = None
) -> Iterator[Batch | dict[str, Any]]:
    """Give the child a job and yield its answers: words on the file, and batches of features.

    The job is an object that `pkzone.formats.sandbox_worker` knows, the folder a private one that
    the child runs in; ``shown`` is what errors call the file, ``most`` how many bytes the answers
    may have, where that is not what is read as GeoJSON.

    Raises
    ------
    LimitExceeded
        The child ran out of time or memory, or gives more than we read as GeoJSON, or far more
        than the file can hold.
    FormatError
        What the child refused, or it died.
    """
    files = [Path(one["path"]) for one in job["sources"]]
    files += [table for one in files if (table := one.with_suffix(".dbf")).exists()]
    packed = sum(one.stat().st_size for one in files)
    with _child(job, folder, limits) as (process, timer):
        yield from _answers(
            process, timer, folder=folder, shown=shown, limits=limits, packed=packed, most=most
        )


def tell(
    job: dict[str, Any], batches: Iterable[Batch], *, folder: Path, shown: str, limits: Limits
) -> list[Any]:
    """Give the child a job and features to write, and return its answers; errors as for `ask`."""
    with _child(job, folder, limits) as (process, timer):
        stdin = process.stdin
        assert stdin is not None  # noqa: S101 - for the type checker
        with suppress(BrokenPipeError):  # the child gave up; its answer says why
            for batch in batches:
                stdin.write(encoded(batch))
            stdin.write(b"null\n")
            stdin.flush()
        with suppress(BrokenPipeError):
            stdin.close()
        return list(_answers(process, timer, folder=folder, shown=shown, limits=limits))


class _Timer(Timer):
    """Ends a process that takes too long, and remembers that it did."""

    def __init__(self, seconds: float, process: subprocess.Popen[bytes]) -> None:
        super().__init__(seconds, self._end)
        self.daemon = True
        self.process = process
        self.fired = False

    def _end(self) -> None:
        self.fired = True
        self.process.kill()


@contextmanager
def _child(
    job: dict[str, Any], folder: Path, limits: Limits
) -> Iterator[tuple[subprocess.Popen[bytes], _Timer]]:
    driver = job.get("driver", "")
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    for form in FORMATS:
        environment |= form.config if form.driver == driver else {}
    environment |= _OPTIONS | {
        "GDAL_SKIP": ",".join(name for name in _DRIVERS if name != driver),
        "TMPDIR": str(folder),
        "CPL_TMPDIR": str(folder),
    }
    if job.get("date"):
        environment["OGR_CURRENT_DATE"] = f"{job['date']}T00:00:00.000Z"
    debug = os.environ.get("PKZONE_DEBUG") == "1"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own code
        [sys.executable, "-I", "-B", *(f"-W{one}" for one in sys.warnoptions), "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if debug else subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the parent, which ends the child
    )
    timer = _Timer(limits.seconds * 3, process)
    timer.start()
    try:
        stdin = process.stdin
        assert stdin is not None  # noqa: S101
        path = [entry or os.getcwd() for entry in sys.path]  # noqa: PTH109
        full = {**job, "path": path, "seconds": limits.seconds, "memory_mib": limits.memory_mib}
        with suppress(BrokenPipeError):
            stdin.write(line_of({**full, "parent": os.getpid()}))
            stdin.flush()  # it stays open: its end tells the child that this process has ended
        yield process, timer
    finally:
        timer.cancel()
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()


def _answers(
    process: subprocess.Popen[bytes],
    timer: _Timer,
    *,
    folder: Path,
    shown: str,
    limits: Limits,
    packed: int | None = None,
    most: int | None = None,
) -> Iterator[Batch | dict[str, Any]]:
    stdout = process.stdout
    assert stdout is not None  # noqa: S101
    size, names = 0, 0
    most = MAX_BYTES if most is None else most
    while line := stdout.readline(MAX_BYTES + 1):
        if not line.endswith(b"\n") and len(line) <= MAX_BYTES:
            break  # the child died in the middle of a word
        answer = json.loads(line)
        sizes = answer.get("sizes", ())
        size += len(line) + names * len(sizes) + int(sum(sizes) * _TEXT_OF_WKB)
        _check_size(size, packed, shown, most)
        if "error" in answer:
            raise _refusal(answer["error"], folder, shown, limits, reads=packed is not None)
        if answer.get("done"):
            return
        if "fields" in answer:  # GeoJSON repeats the names of the properties in each feature
            names = _FEATURE_BYTES + sum(len(line_of(name)) + 1 for name, _ in answer["fields"])
        batch = read_batch(answer, stdout) if sizes else None
        if sizes and batch is None:
            break
        yield batch or answer
    raise _ended(process.wait(), timer, shown, limits, reads=packed is not None)


def _check_size(size: int, packed: int | None, shown: str, most: int) -> None:
    """Refuse more features than we read as GeoJSON, or than a file of this size may hold."""
    if size > most:
        reason = f"holds more than {most // 1024**2} MiB of features as GeoJSON, the most"
        raise LimitExceeded(shown, f"{reason} that is read; take fewer features or columns of it")
    if packed is not None and size > RATIO_FREE_BYTES and size > packed * MAX_RATIO:
        reason = f"becomes more than {MAX_RATIO} times as large on reading, as a bomb does"
        raise LimitExceeded(shown, f"{reason}; export what you need of it")


def _ended(code: int, timer: _Timer, shown: str, limits: Limits, *, reads: bool) -> FormatError:
    """Return the error of a child that ended before it was done."""
    if timer.fired:
        reason = f"takes more than {timer.interval:g} seconds by the clock, three times the"
        reason += f" {limits.seconds:g} of processor time that it may take"
        return LimitExceeded(shown, reason + _way_out("seconds", reads))
    if code == -getattr(signal, "SIGXCPU", 24):
        reason = f"takes more than {limits.seconds:g} seconds of processor time"
        return LimitExceeded(shown, reason + _way_out("seconds", reads))
    if code == -getattr(signal, "SIGXFSZ", 25):
        reason = f"would be larger than {MAX_BYTES // 1024**2} MiB, the most that is read back"
        return LimitExceeded(shown, f"{reason}; export fewer features, or another format")
    if code in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
        reason = f"the process that opened it was ended from outside ({_named(code)}), perhaps"
        return LimitExceeded(shown, f"{reason} by the system for want of memory")
    reason = (
        f"the process that opened it ended with {_named(code)}: the file is damaged, or needs "
        f"more than {limits.memory_mib} MiB"
    )
    return FormatError(shown, reason + _way_out("mib", reads))


def _way_out(limit: str, reads: bool) -> str:
    """Return the remedy, an option of the one command that has it."""
    what = f"pkzone import --max-{limit} allows more" if reads else "export fewer features"
    return f"; {what}"


def _refusal(
    told: list[str], folder: Path, shown: str, limits: Limits, *, reads: bool
) -> FormatError:
    """Return the error that the child tells of; only its own kinds are known."""
    name, text = told
    if name == "MemoryError":
        reason = f"needs more memory than the {limits.memory_mib} MiB that it may take"
        return LimitExceeded(shown, reason + _way_out("mib", reads))
    kind = getattr(errors, name, FormatError)
    known = isinstance(kind, type) and issubclass(kind, FormatError)
    text = text.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "")
    return (kind if known else FormatError)(shown, printable(text, limit=400))


def _named(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
