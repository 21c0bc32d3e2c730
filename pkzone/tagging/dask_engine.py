"""Tagging on a cluster: Dask reads a table in parts, its workers tag each, nothing is shuffled.

What knows the layers is one value in Dask's graph, sent once to each worker that needs it, and
made anew by Dask if it is lost. Which worker does what, and what is done again after a failure,
is up to Dask.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import secrets
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dask
import dask.dataframe as dd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dask.bytes import read_bytes
from distributed import Client, KilledWorker, LocalCluster, default_client

from pkzone.errors import CannotTag, FormatError, OutputError, UnknownFormat, printable
from pkzone.files.atomic import TEMPORARY_GLOB, flush_folder
from pkzone.tagging.answers import Records, bad_record
from pkzone.tagging.from_file import FileTagger, opened
from pkzone.tagging.from_frame import FrameTagger, frame_tagger
from pkzone.tagging.inputs import Inputs
from pkzone.tagging.options import Plan, Progress
from pkzone.tagging.summary import PROBLEMS, Tagged, Tally, summary_of
from pkzone.tagging.table_csv import CsvTable
from pkzone.tagging.table_parquet import ParquetPiece, ParquetTable

__all__ = ["tagged_dataset", "tagged_partitions"]

PART_BYTES = 32 * 1024**2
"""About how much of a file, unpacked, a part has."""

_BATCH_ROWS = 65_536
_ENVIRONMENT = "distributed.nanny.pre-spawn-environ"
_DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""Run by workers of our own: Ctrl-C is for the command, which then ends them in order."""

_SUFFIXES = ("", ".parquet", ".geoparquet", ".pq")


def tagged_partitions(table: Any, plan: Plan) -> Any:
    """Return a Dask DataFrame with the columns that are made; nothing is computed yet.

    Raises
    ------
    ColumnError, CannotTag
        As for `pkzone.tag`.
    """
    meta = table._meta
    tagger = frame_tagger(meta, plan, workers=1)
    for notice in tagger.inputs.notices():
        warnings.warn(f"the frame: {notice}", stacklevel=3)
    tagger = replace(tagger, records=replace(tagger.records, shown="a partition"))
    shared = dask.delayed(tagger, traverse=False)
    return table.map_partitions(_tagged_partition, shared, meta=_tagged_partition(meta, tagger))


def _tagged_partition(frame: Any, tagger: FrameTagger) -> Any:
    return tagger.tagged(frame)[0]


def tagged_dataset(
    path: str | os.PathLike[str],
    plan: Plan,
    output: str | os.PathLike[str],
    *,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Tagged:
    """Tag a CSV or Parquet file on a cluster, into a folder of Parquet files.

    The files are ``part-000000.parquet`` and so on: read in the order of their names they have
    the rows in the order of the table. Files and folder have to be where all workers see them.

    Parameters
    ----------
    path : str or os.PathLike
        The table.
    plan : Plan
        What is asked.
    output : str or os.PathLike
        A folder that is not there yet; it appears when all is done.
    scheduler : str, optional
        Address of a Dask scheduler. Without it the client that is in use in this process, else
        a cluster of this machine's cores that ends with the call.
    progress : callable, optional
        Told how many parts are done, of how many.

    Raises
    ------
    UnknownFormat, OutputError, CannotTag
        It is no table that Dask reads in parts; the folder is there already; no scheduler
        answers, or workers keep dying of one part.
    PkzoneError
        As for `pkzone.tag`.
    """
    shown, target = os.fspath(path), Path(output)
    _check_names(shown, target)
    with opened(path, plan) as tagger, _client(scheduler) as client, _folder(target) as folder:
        table = tagger.table
        assert isinstance(table, CsvTable | ParquetTable)  # noqa: S101 - by its name
        whole = str(Path(path).absolute())
        parts = _csv_parts(whole) if isinstance(table, CsvTable) else _parquet_parts(whole)
        shared = dask.delayed(_Job.of(tagger, whole), traverse=False)
        write = dask.delayed(_write_part, pure=False)
        futures = client.compute(
            [write(part, number, str(folder), shared) for number, part in enumerate(parts)]
        )
        tally = Tally()
        try:
            for number, future in enumerate(futures):
                with _in_our_words(shown, f"in part {number + 1:,} of {len(parts):,}"):
                    try:
                        done = future.result()
                    except OutputError as error:  # its folder has a passing name
                        raise OutputError(str(error).replace(folder.name, target.name)) from None
                if plan.options.get("strict") and done.problem is not None:
                    row, problem = done.problem
                    raise bad_record(shown, tally.rows + row, problem)
                tally.add(done.tally.after(tally.rows))
                if progress is not None:
                    progress(number + 1, len(parts))
        finally:
            client.cancel(futures)
    return Tagged(os.fspath(output), None, summary_of(tally, PROBLEMS), tuple(tagger.notices))


@dataclass(frozen=True)
class _Job:
    """What a worker has to know; ``head`` is the row of names of a CSV."""

    path: str
    head: bytes | None
    records: Records
    inputs: Inputs

    @classmethod
    def of(cls, tagger: FileTagger, path: str) -> _Job:
        table = tagger.table
        head = table.head + table.line_end.encode() if isinstance(table, CsvTable) else None
        # A bad row has its number, and is told, where the rows before it are counted.
        records = replace(tagger.records, strict=False)
        return cls(path, head, records, tagger.inputs)

    def write(self, part: Any, number: int, folder: str) -> _Done:
        """Tag the rows of a part and write them to a file of its number."""
        file = os.path.join(folder, f"part-{number:06}.parquet")  # noqa: PTH118 - text
        if self.head is not None:
            data = self.head + part if number else part
            return self._write(CsvTable(io.BytesIO(data), self.records.shown), file)
        with open(self.path, "rb") as source:  # noqa: PTH123 - for its schema and metadata
            return self._write(_Rows(source, self.records.shown, part), file)

    def _write(self, table: CsvTable | ParquetTable, file: str) -> _Done:
        tagger = FileTagger(table, self.records, self.inputs, [])
        tally = tagger.write(file, overwrite=True, progress=None)
        if not tally.problems:
            return _Done(tally, None)
        name = f"{self.records.prefix}tag_problem"
        column = pq.read_table(file, columns=[name]).column(name)
        row = pc.index(pc.is_valid(column), True).as_py()
        return _Done(tally, (row, PROBLEMS.index(column[row].as_py()) + 1))


@dataclass(frozen=True)
class _Done:
    """Counts of a part, and the place and number of its first problem."""

    tally: Tally
    problem: tuple[int, int] | None


class _Rows(ParquetTable):
    """Some rows of a Parquet file, which Dask has read."""

    def __init__(self, file: Any, shown: str, rows: Any) -> None:
        super().__init__(file, shown)
        self._rows = pa.Table.from_pandas(rows, self.schema, preserve_index=False)

    def pieces(self) -> Iterator[ParquetPiece]:
        first = 0
        for batch in self._rows.to_batches(max_chunksize=_BATCH_ROWS):
            yield ParquetPiece(self, batch, first, first + batch.num_rows)
            first += batch.num_rows


def _write_part(part: Any, number: int, folder: str, job: _Job) -> _Done:
    return job.write(part, number, folder)


def _csv_parts(path: str) -> Sequence[Any]:
    """Return the file in blocks of whole lines, the row of names in the first."""
    _, (blocks,) = read_bytes(path, delimiter=b"\n", blocksize=PART_BYTES, sample=False)
    return list(blocks)


def _parquet_parts(path: str) -> Sequence[Any]:
    """Return the file in frames, whose columns keep the types of Arrow."""
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.read_parquet(
            path, index=False, dtype_backend="pyarrow", blocksize=PART_BYTES,
            split_row_groups="adaptive",
        )  # fmt: skip
        return list(frame.to_delayed())


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one on this machine for as long as the block runs."""
    if scheduler is not None:
        try:
            client = Client(scheduler, set_as_default=False)
        except (OSError, ValueError) as error:
            cause = printable(str(error).split("\n")[0], limit=120)
            raise CannotTag(
                f"{printable(scheduler)}: no Dask scheduler answers there ({cause}); "
                "give its address as tcp://HOST:PORT"
            ) from None
        with client:
            yield client
        return
    try:
        yield default_client()
        return
    except ValueError:
        pass
    environment = dict(dask.config.get(_ENVIRONMENT))
    environment.pop("MALLOC_TRIM_THRESHOLD_", None)  # giving memory back at once costs time
    with dask.config.set({_ENVIRONMENT: environment}):
        cluster = LocalCluster(
            n_workers=os.cpu_count(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,  # errors are raised
            preload=[_DEAF],
        )
    client = Client(cluster, set_as_default=False)
    try:
        yield client
    finally:
        for one in (client, cluster):
            with suppress(TimeoutError):  # of a worker that is slow to end: Dask ends it then
                one.close()


@contextmanager
def _folder(target: Path) -> Iterator[Path]:
    """Make a folder under a passing name, which takes its own if the block ends well."""
    temporary = target.absolute().with_name(f".pkzone-{secrets.token_hex(8)}.tmp")
    with _told(target):
        temporary.mkdir()
    try:
        yield temporary
        with _told(target):
            for left in temporary.glob(TEMPORARY_GLOB):  # of a worker that died
                left.unlink()
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, "there is one by now")
            temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    flush_folder(target.absolute().parent)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        cause = printable(error.strerror or str(error))
        shown = printable(str(target), limit=None)
        raise OutputError(f"{shown}: cannot be written: {cause}") from None


def _check_names(shown: str, target: Path) -> None:
    if not shown.lower().endswith((".csv", ".tsv", ".txt", *_SUFFIXES[1:])):
        raise UnknownFormat(shown, "Dask reads CSV and Parquet in parts; convert it to one of them")
    if any(mark in str(Path(shown).absolute()) for mark in ("*", "::")):
        reason = "Dask takes * and :: in the name of a file or folder for a pattern; rename it"
        raise UnknownFormat(shown, reason)
    name = printable(str(target), limit=None)
    if target.suffix.lower() not in _SUFFIXES:
        raise UnknownFormat(name, "Dask writes a folder of Parquet files; name it .parquet")
    if os.path.lexists(target):
        raise OutputError(f"{name}: is there already, and no folder is replaced; name a new one")


@contextmanager
def _in_our_words(shown: str, where: str) -> Iterator[None]:
    """Turn what a part failed of into an error with one line."""
    try:
        yield
    except FormatError as error:
        reason = f"{where}, rows counted from its start: {error.reason}"
        raise type(error)(error.file, reason) from None
    except KilledWorker:
        raise CannotTag(
            f"{printable(shown, None)}: {where}: worker after worker died of it, as they do for "
            "want of memory; give them more"
        ) from None
    except OSError as error:
        cause = printable(error.strerror or str(error), limit=120)
        reason = f"{where}: a worker cannot read it: {cause}; it has to be where all workers see it"
        raise FormatError(shown, reason) from None
