"""Tag a table: a file of any kind that is read, or a frame."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Unpack

from pkzone.errors import BadOption, ColumnError, MissingExtra, OutputError, printable
from pkzone.files.atomic import labelled, new_file, output_errors
from pkzone.layers.references import refuse_frame
from pkzone.tagging.answers import TableTagger, run
from pkzone.tagging.columns import arrow_of, plain
from pkzone.tagging.options import Plan, Progress, TagOptions
from pkzone.tagging.summary import Summary, Tagged, Tally, summary_of
from pkzone.tagging.tables import FileTable, FrameTable, open_table
from pkzone.tagging.writers import frame_of, sink_of

__all__ = ["sample", "tag"]


def tag(
    table: Any,
    layers: Sequence[str] | None = None,
    *,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    engine: Literal["dask"] | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    **options: Unpack[TagOptions],
) -> Tagged:
    """Return a table of records with what the layers say of each, as they stood on its date.

    Parameters
    ----------
    table : str, os.PathLike, DataFrame or GeoDataFrame
        A file (CSV, Parquet, GeoParquet, GeoJSON, and what `pkzone.import_file` reads), ``-``
        for a CSV on standard input, or a frame of pandas or geopandas. Of a Dask DataFrame a
        Dask DataFrame comes back, not yet computed, in place of what is said below.
    layers : sequence of str, optional
        Layers of the catalogue. Without it ``zone``, ``corridor``, ``transport`` and ``places``
        of the shipped one; of another one all that have any geometry, but ``boundaries`` and
        ``physical``.
    time : str, optional
        The column of dates, date-times or ISO 8601 text; without it the only one whose name
        fits.
    time_end : str, optional
        The column of the last days of records that are of several days: each is held against
        every version in between. Without it ``date_end`` where `time` is ``date_start``, and the
        like.
    time_utc : str, optional
        The column of times of day in UTC, where `time` holds dates: ``21:30`` or ``2130``.
        Without it ``acq_time`` where `time` is ``acq_date``, as in FIRMS.
    on : str or datetime.date, optional
        One date for all records, in place of a column.
    lon, lat : str, optional
        The columns of longitude and latitude in degrees on WGS 84; without them the geometry,
        else the only columns whose names fit, else a column of WKT.
    crs : str, optional
        The coordinate system of places in columns, as ``EPSG:32638``, if it is another one; of
        a GIS file that states none, or a wrong one, that of its geometries.
    timezone : str, optional
        An IANA name or an offset ``+04:00``: where instants get their civil date, and what local
        times are of; without it the catalogue's.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    output : str or os.PathLike, optional
        The file to write, in the format of its extension; ``-`` is standard output. Without it the
        tagged table is a frame.
    overwrite : bool, optional
        Replace a file that is there.
    distances : bool, optional
        Without them only versions, answers and the areas that records are inside of are found,
        which is several times quicker.
    prefix : str, optional
        What the names of all columns that are added begin with.
    strict : bool, optional
        Stop at the first record without a time or place that can be used.
    table_layer : str, optional
        The layer to read, where a file has several.
    engine : {"dask"}, optional
        Tag a CSV or Parquet file on a cluster, into a new folder of Parquet files.
    scheduler : str, optional
        Address of the cluster's scheduler, ``tcp://HOST:PORT``. Without it the Dask client that
        is in use, else the cores of this machine.
    progress : callable, optional
        Called now and then with how much is done, and of how much (None if nobody knows).

    Returns
    -------
    Tagged
        The file or frame, and a summary. All columns of the table are kept in order and
        unchanged, so is the order of its rows; ``tag_date``, ``tag_problem`` and the columns of
        each layer follow.

    Raises
    ------
    ColumnError
        A column is missing, of a wrong type, or cannot be told from others; or no date can be
        read in any row of a file (of a frame that is a notice).
    CannotTag
        A column that is to be added already exists, or a layer has nothing to tag by.
    BadOption, BadDate
        The time zone or date is none, or options do not go together.
    BadRecord
        A record has a problem, and ``strict`` is asked for.
    FormatError, GeoJSONError
        The file is refused, damaged, too large or of a form that is not known.
    OutputError
        The output is there and may not be replaced, or cannot be written.

    Examples
    --------
    >>> import pandas as pd, pkzone
    >>> incidents = pd.DataFrame({"lon": [46.75], "lat": [39.82], "date": ["2022-09-01"]})
    >>> pkzone.tag(incidents, ["zone"]).frame["zone_answer"].tolist()
    ['inside']
    """
    plan = Plan.of(layers, **options)
    _check_engine(engine, scheduler, output)
    if _is_dask_frame(table):
        if output is not None or engine is not None:
            raise BadOption("a Dask DataFrame gives another; write it with its own to_parquet")
        from pkzone.tagging.dask_engine import tag_partitions

        lazy: Tagged = tag_partitions(table, plan)  # the frame itself, as is said above
        return lazy
    if _is_frame(table):
        if engine is not None:
            raise BadOption("a frame is tagged here; for a cluster make it a Dask DataFrame")
        if output is not None:
            raise BadOption("a frame gives a frame; write it with its own to_csv or to_parquet")
        rows = FrameTable(table)
        tagger = TableTagger.of(rows, plan)
        frame, tally = frame_of(rows, tagger, progress=progress)
        summary = summary_of(tally)
        undated = summary.undated(tagger.inputs.chosen.time)
        notices = (*tagger.inputs.notices(), *([undated] if undated else ()))
        return Tagged(None, frame, summary, notices)
    refuse_frame(table)  # a series; frames are done
    if engine is not None and output is not None:
        from pkzone.tagging.dask_engine import tag_dataset

        return tag_dataset(os.fspath(table), plan, os.fspath(output), scheduler=scheduler)
    with _opened(table, plan) as (file, tagger):
        path = None if output is None else os.fspath(output)
        if path is None:
            frame, tally = frame_of(file, tagger, progress=progress)
            summary = _dated(tally, file, tagger)
        else:
            frame, summary = None, _write(file, tagger, path, overwrite, progress)
        return Tagged(path, frame, summary, tuple(file.notices))


def sample(
    table: str | os.PathLike[str],
    layers: Sequence[str] | None = None,
    *,
    count: int = 5,
    **options: Unpack[TagOptions],
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the first rows of a file, tagged: its first column, those in use and those added.

    Parameters
    ----------
    table, layers, **options
        As for `tag`.
    count : int, optional
        How many rows.

    Returns
    -------
    tuple of list of dict and tuple of str
        Plain JSON values by column, and what was odd, assumed or left out, a line each.
    """
    plan = Plan.of(layers, **options)
    rows: list[dict[str, Any]] = []
    tally = Tally()
    with _opened(table, plan) as (file, tagger):
        for piece in file.pieces():
            answers = tagger.answers(piece)
            tally.add(answers.tally)
            chosen, places = tagger.inputs.chosen, answers.places
            taken = {file.geometry, *chosen.names}
            names = [*(name for name in file.names[:1] if name not in taken), *chosen.names]
            columns: dict[str, Iterable[Any]] = {
                name: map(plain, cells.to_pylist()) for name, cells in piece.columns(names).items()
            }
            if chosen.lon is None and places.lon is not None and places.lat is not None:
                columns |= {"lon": map(plain, places.lon), "lat": map(plain, places.lat)}
            columns |= {name: arrow_of(one).to_pylist() for name, one in answers.columns.items()}
            cells = islice(zip(*columns.values(), strict=True), count - len(rows))
            rows += [dict(zip(columns, row, strict=True)) for row in cells]
            if len(rows) >= count:
                break
        return rows, (*file.notices, *summary_of(tally).warnings())


@contextmanager
def _opened(path: str | os.PathLike[str], plan: Plan) -> Iterator[tuple[FileTable, TableTagger]]:
    """Open a file and what tags it; what is odd so far is among the notices of the file."""
    crs = plan.options.get("crs") if plan.options.get("lon") is None else None
    with open_table(path, plan.options.get("table_layer"), crs) as table:
        tagger = TableTagger.of(table, plan)
        table.notices.extend(tagger.inputs.notices())
        yield table, tagger


def _write(
    table: FileTable, tagger: TableTagger, path: str, overwrite: bool, progress: Progress | None
) -> Summary:
    """Write the tagged table to a file, all of it or nothing, or to standard output."""
    if path == "-":
        stdout = labelled(sys.stdout.buffer, "standard output")
        tally = run(table, tagger, sink_of(path, table, tagger.kinds, stdout), progress=progress)
        with output_errors("standard output"):
            sys.stdout.buffer.flush()
        return _dated(tally, table, tagger)
    if table.label != "<stdin>" and _same(table.label, path):
        label = printable(path, limit=None)
        raise OutputError(f"{label}: is the table itself; give the output another name")
    with new_file(path, overwrite=overwrite) as file:
        sink = sink_of(path, table, tagger.kinds, file)
        return _dated(run(table, tagger, sink, progress=progress), table, tagger)


def _dated(tally: Tally, table: FileTable, tagger: TableTagger) -> Summary:
    """Return the summary of a file; one without any date is a ColumnError."""
    summary = summary_of(tally)
    if undated := summary.undated(tagger.inputs.chosen.time):
        raise ColumnError(table.label, undated)
    return summary


def _same(table: str, output: str) -> bool:
    try:
        return Path(table).samefile(output)
    except (OSError, ValueError):  # there is no such output yet
        return False


def _is_frame(table: Any) -> bool:
    pandas = sys.modules.get("pandas")  # whoever has a frame has imported it
    return pandas is not None and isinstance(table, pandas.DataFrame)


def _is_dask_frame(table: Any) -> bool:
    dask = sys.modules.get("dask.dataframe")
    return dask is not None and isinstance(table, dask.DataFrame)


def _check_engine(engine: str | None, scheduler: str | None, output: object) -> None:
    if engine not in (None, "dask"):
        raise BadOption(f"{printable(str(engine))} is not an engine; there is dask, or none")
    if engine is None and scheduler is not None:
        raise BadOption("a scheduler is one of Dask; ask for that too: --engine dask")
    if engine is not None and (output is None or output == "-"):
        raise BadOption("on a cluster the output is a folder; name it with -o")
    if engine is not None and find_spec("distributed") is None:
        raise MissingExtra("tagging on a cluster", "Dask", "dask")
