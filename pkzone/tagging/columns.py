"""Columns of tables, Arrow's and pandas', to civil dates and degrees, with what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pkzone.tagging.times import (
    NO_VALUE,
    Clocks,
    Days,
    Flags,
    Zone,
    clocks_of_texts,
    days_of_seconds,
    days_of_texts,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Coded",
    "Numbers",
    "WrongType",
    "arrow_of",
    "clocks_of",
    "days_of",
    "numbers_of",
    "plain",
    "series_of",
    "texts_of",
    "wkt_shapes_of",
]

Numbers = npt.NDArray[np.float64]
# The geometries of Simple Features, at most one of them a collection: GEOS reads a collection in
# a collection by calling itself, until its stack ends.
_WKT = (
    r"^(?i:\s*(?:GEOMETRYCOLLECTION)?(?:[0-9]E[-+0-9]|[\t\n\r -@]|"
    r"(?:MULTI)?(?:POINT|LINESTRING|POLYGON)(?:ZM|Z|M)?\b|(?:ZM|Z|M|EMPTY)\b)*)$"
)
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True, slots=True)
class Coded:
    """Dictionary-encoded column of text: ``values[codes]``; the code -1 stands for null."""

    codes: npt.NDArray[np.int32]
    values: tuple[str, ...]


class WrongType(Exception):
    """Error of a column whose type holds no times, or no degrees; the text names it."""


def days_of(column: Any, zone: Zone) -> Days:
    """Return the civil dates of an Arrow array, or pandas Series, of dates, timestamps or text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = _as_arrow(column, _time_text)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return days_of(column.dictionary_decode(), zone)
    if pa.types.is_null(kind):
        column = column.cast(pa.string())
        kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        numbers = pc.if_else(pc.is_nan(column), None, column).drop_null()
        if _are_dates(numbers.to_numpy(zero_copy_only=False)):
            whole = pc.if_else(pc.is_nan(column), None, column).cast(pa.int64())
            return days_of(whole.cast(pa.string()), zone)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_date32(kind):
        days = column.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        return days_of_seconds(days.astype(np.int64) * 86_400, missing, None)
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        per_second = _PER_SECOND[kind.unit if pa.types.is_timestamp(kind) else "ms"]
        counted = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        instants = pa.types.is_timestamp(kind) and kind.tz is not None
        return days_of_seconds(counted // per_second, missing, zone if instants else None)
    if _is_text(kind):
        return days_of_texts(column.cast(pa.string()).fill_null(""), zone)
    raise WrongType(f"is of type {kind}; times are dates, timestamps, text in ISO 8601 or YYYYMMDD")


def numbers_of(column: Any, *, comma: bool = False) -> tuple[Numbers, Flags]:
    """Return a column as numbers, NaN for what is none, and where there is no value.

    Text is read as a number with a decimal point; ``comma`` allows a comma in its place. NaN and
    the words of `NO_VALUE` are no value.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(column, pa.Array):
        return _series_numbers(column, comma=comma)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return numbers_of(column.dictionary_decode(), comma=comma)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan), np.ones(len(column), dtype=bool)
    if _is_text(kind):
        with suppress(pa.ArrowInvalid):  # most columns are plain numbers
            return _values_of_numbers(pc.cast(column, pa.float64()))
        texts = pc.ascii_trim_whitespace(column.cast(pa.string()))
        if comma:
            texts = pc.replace_substring(texts, ",", ".")
        empty = pc.equal(texts, "").fill_null(True)
        texts = pc.if_else(empty, None, texts)
        try:
            numbers = pc.cast(texts, pa.float64())
            missing = pc.or_(empty, pc.is_nan(numbers).fill_null(False))
        except pa.ArrowInvalid:
            sound = pc.match_substring_regex(texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
            numbers = pc.cast(pc.if_else(sound, texts, "nan"), pa.float64())
            words = pc.is_in(pc.ascii_lower(texts), pa.array(NO_VALUE, pa.string()))
            missing = pc.or_(empty, words)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _values_of_numbers(pc.cast(column, pa.float64(), safe=False))
    else:
        raise WrongType(f"is of type {kind}; coordinates are numbers, in degrees")
    values = numbers.fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values, missing.to_numpy(zero_copy_only=False)


def _values_of_numbers(numbers: pa.Array) -> tuple[Numbers, Flags]:
    """Return an Arrow array of numbers as NumPy's, and where there is none."""
    values = numbers.to_numpy(zero_copy_only=False)  # NaN for null
    return values, np.isnan(values)


def clocks_of(column: Any) -> Clocks:
    """Return a column of times of day, of text or of whole numbers ``HHMM``."""
    import pyarrow as pa

    column = _as_arrow(column, _clock_text)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return clocks_of(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return clocks_of_texts(pa.array([*map(_clock_text, column.to_pylist())], pa.string()))
    known = (pa.types.is_integer, pa.types.is_null, pa.types.is_time, _is_text)
    if not any(is_of(kind) for is_of in known):
        raise WrongType(f"is of type {kind}; times of day are text or whole numbers, HHMM")
    return clocks_of_texts(column.cast(pa.string()).fill_null(""))


def wkt_shapes_of(column: Any) -> tuple[Any, Flags]:
    """Return a column of WKT as geometries, None for what is none, and which are bad."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = _as_arrow(column, _wkt_text)
    kind = column.type
    if pa.types.is_dictionary(kind):
        return wkt_shapes_of(column.dictionary_decode())
    if not (_is_text(kind) or pa.types.is_null(kind)):
        raise WrongType(f"is of type {kind}; geometries in columns are text, WKT")
    texts = column.cast(pa.string())
    words = pc.is_in(pc.ascii_lower(pc.ascii_trim_whitespace(texts)), pa.array([*NO_VALUE]))
    missing = pc.or_(texts.is_null(), words)
    # A byte that is no ASCII has no place in WKT.
    sound = pc.and_not(pc.match_substring_regex(texts, _WKT).fill_null(False), missing)
    plain = pc.if_else(sound, texts, None)
    return _shapes(plain.to_numpy(zero_copy_only=False), missing.to_numpy(zero_copy_only=False))


def _series_numbers(column: Any, *, comma: bool) -> tuple[Numbers, Flags]:
    """Return a pandas Series as numbers, NaN for what is none, and where there is no value."""
    import pandas as pd

    missing = column.isna().to_numpy(copy=True)
    if column.dtype.kind == "b" or column.dtype.kind in "mMc":
        raise WrongType(f"is of type {column.dtype}; coordinates are numbers, in degrees")
    if comma and pd.api.types.is_string_dtype(column.dtype):
        column = column.str.replace(",", ".")
    numbers = pd.to_numeric(column, errors="coerce")
    values = numbers.astype("float64").to_numpy(dtype="float64", na_value=np.nan)
    words = np.flatnonzero(np.isnan(values) & ~missing)
    texts = (str(value).strip().lower() for value in column.iloc[words])
    missing[words] = [text in NO_VALUE for text in texts]
    return values, missing


def _are_dates(numbers: Any) -> bool:
    """Tell whether whole numbers can be dates ``YYYYMMDD``, and no seconds since 1970."""
    dates = bool(((numbers >= 10_000_101) & (numbers <= 99_991_231)).all())
    return dates and not np.mod(numbers, 1).any()


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    view = getattr(pa.types, "is_string_view", lambda _: False)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or view(kind))


def _as_arrow(column: Any, text_of: Callable[[Any], str]) -> Any:
    """Return a column as an Arrow array; of a pandas Series the objects of Python as text."""
    import pyarrow as pa

    if isinstance(column, pa.Array):
        return column
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype == object:
        cells = zip(column, column.isna(), strict=True)
        return pa.array([None if gone else text_of(cell) for cell, gone in cells], pa.string())
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC")
    try:
        array = pa.array(column, from_pandas=True)
    except pa.ArrowException:
        raise WrongType(f"is of type {column.dtype}, which holds no times") from None
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _shapes(texts: Any, missing: Flags) -> tuple[Any, Flags]:
    """Return texts, None where they are none, as geometries, and which are bad."""
    import shapely

    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    return shapes, shapely.is_missing(shapes) & ~missing


def _clock_text(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return str(value)
    return _time_text(value) if isinstance(value, str) else "?"


def _wkt_text(value: object) -> str:
    if not isinstance(value, str):
        raise WrongType("is of type object; geometries in columns are text, WKT")
    return value


def _time_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else "?"


def arrow_of(values: Any) -> pa.Array:
    """Return a column that was made as an Arrow array."""
    import pyarrow as pa

    if isinstance(values, Coded):
        codes = pa.array(values.codes, mask=values.codes < 0)
        return pa.array(values.values, pa.string()).take(codes)
    if values.dtype == np.int8:
        return pa.array(values == 1, mask=values < 0)
    return pa.array(values, from_pandas=True)


def series_of(values: Any) -> Any:
    """Return a column that was made as a pandas Series."""
    import pandas as pd

    if isinstance(values, Coded):
        texts = np.array([*values.values, None], dtype=object)  # -1 takes the last
        return pd.Series(texts[values.codes], dtype="string")
    if values.dtype == np.int8:
        return pd.Series(np.where(values < 0, None, values == 1), dtype="boolean")
    return pd.Series(values)


def plain(value: Any) -> Any:
    """Return a cell as JSON has it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def texts_of(column: pa.Array) -> pa.Array:
    """Return an Arrow array as text; what is nested is JSON."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        cells = map(plain, column.to_pylist())
        texts = [
            cell if cell is None or isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
            for cell in cells
        ]
        return pa.array(texts, pa.string())
    if pa.types.is_dictionary(kind):
        return texts_of(column.dictionary_decode())
    return column.cast(pa.string())
