"""Tagging on a cluster: Dask reads a table in partitions, its workers tag each and write it."""

from __future__ import annotations

import os
import warnings
from contextlib import nullcontext
from pathlib import Path
from shutil import rmtree
from typing import Any

import dask
import dask.dataframe as dd
import pyarrow.dataset as ds
from distributed import Client, default_client

from pkzone.errors import CannotTag, ColumnError, OutputError, PkzoneError, UnknownFormat, printable
from pkzone.tagging.answers import TableTagger
from pkzone.tagging.options import Plan
from pkzone.tagging.summary import Tagged, summary_of_dataset
from pkzone.tagging.table_csv import CsvTable
from pkzone.tagging.tables import FileTable, FrameTable, open_table
from pkzone.tagging.writers import frame_of

__all__ = ["tag_dataset", "tag_partitions"]

PART_BYTES = 32 * 1024**2  # of a file, unpacked, in a partition
_FILE_NAME = "part-{:06}.parquet".format


def tag_partitions(frame: Any, plan: Plan) -> Any:
    """Return a Dask DataFrame with the columns that are added; nothing is computed yet."""
    lazy, tagger = _map(frame, plan, None)
    for notice in tagger.inputs.notices():
        warnings.warn(f"the frame: {notice}", stacklevel=3)
    return lazy


def tag_dataset(path: str, plan: Plan, output: str, *, scheduler: str | None = None) -> Tagged:
    """Tag a CSV or Parquet file on a cluster, into a new folder of Parquet files.

    Other files are an UnknownFormat, a folder that is there an OutputError, what fails a CannotTag.
    """
    whole = str(Path(path).absolute())
    if not path.lower().endswith((".csv", ".tsv", ".txt", ".parquet", ".geoparquet", ".pq")):
        raise UnknownFormat(path, "Dask reads CSV and Parquet in parts; convert it to one of them")
    if "*" in whole or "::" in whole:
        raise UnknownFormat(path, "Dask takes * and :: in a name for a pattern; rename it")
    if os.path.lexists(output):
        raise OutputError(f"{printable(output, None)}: already exists; name a new folder")
    try:
        with open_table(path) as table, dask.config.set({"dataframe.convert-string": False}):
            lazy, tagger = _map(_read(whole, table), plan, table)
            known = {k: v for k, v in (table.schema.metadata or {}).items() if k != b"pandas"}
        with _client(scheduler):
            names = {"write_index": False, "name_function": _FILE_NAME}
            lazy.to_parquet(output, custom_metadata=known, **names)
    except PkzoneError:
        raise
    except Exception as error:  # of Dask, pandas or Arrow, on any worker
        cause = printable(str(error).strip().split("\n")[0], limit=200)
        raise CannotTag(f"{printable(path, None)}: Dask stopped: {cause}") from None
    parts = ds.dataset(output, format="parquet")
    summary = summary_of_dataset(parts, plan.prefix)
    if undated := summary.undated(tagger.inputs.chosen.time):
        rmtree(output)
        raise ColumnError(path, undated)
    return Tagged(output, None, summary, tuple(tagger.inputs.notices()))


def _read(path: str, table: FileTable) -> Any:
    if isinstance(table, CsvTable):
        text = {"sep": table.delimiter, "dtype": "string[pyarrow]", "keep_default_na": False}
        return dd.read_csv(path, blocksize=PART_BYTES, **text)
    return dd.read_parquet(path, index=False, blocksize=PART_BYTES, dtype_backend="pyarrow")


def _map(frame: Any, plan: Plan, table: FileTable | None) -> tuple[Any, TableTagger]:
    form: dict[str, Any] = {}  # what a frame does not say of itself
    if table is not None:
        form = {"comma": table.comma, "points": table.points}
        if not isinstance(table, CsvTable) and table.geometry is not None:
            form["wkb"] = table.geometry, table.crs
    tagger = TableTagger.of(FrameTable(frame._meta, **form), plan)
    shared = dask.delayed(tagger, traverse=False)  # sent once to each worker
    lazy = frame.map_partitions(_tagged, shared, form, meta=_tagged(frame._meta, tagger, form))
    return lazy, tagger


def _tagged(frame: Any, tagger: TableTagger, form: dict[str, Any]) -> Any:
    return frame_of(FrameTable(frame, "a partition", **form), tagger, workers=1)[0]


def _client(scheduler: str | None) -> Any:
    """Connect to a scheduler; without one take the client in use, else this machine's cores."""
    try:
        return Client(scheduler) if scheduler is not None else nullcontext(default_client())
    except (OSError, ValueError) as error:
        if scheduler is not None:
            reason = printable(f"no Dask scheduler answers there ({error})".split("\n")[0], 160)
            raise CannotTag(f"{printable(scheduler)}: {reason}; write tcp://HOST:PORT") from None
    return Client(
        n_workers=os.cpu_count(), threads_per_worker=1, dashboard_address=None, silence_logs=50
    )
