"""Values from one form to another: columns that are made, cells of Arrow, plain JSON, text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from pkzone.tagging.engine import Coded

__all__ = ["arrow_of", "plain", "texts_of", "values_of"]


def arrow_of(values: Any) -> pa.Array:
    """Return a column that was made as an Arrow array."""
    if isinstance(values, Coded):
        codes = pa.array(values.codes, mask=values.codes < 0)
        return pa.array(values.values, pa.string()).take(codes)
    if values.dtype == np.int8:
        return pa.array(values == 1, mask=values < 0)
    return pa.array(values, from_pandas=True)


def values_of(values: Any) -> list[Any]:
    """Return a column that was made as plain JSON values."""
    if isinstance(values, Coded):
        texts = (*values.values, None)
        return [texts[code] for code in values.codes.tolist()]
    if values.dtype == np.int8:
        return [None if flag < 0 else flag == 1 for flag in values.tolist()]
    return [None if number != number else number for number in values.tolist()]


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
