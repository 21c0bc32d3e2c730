"""The date in a file's name: ``line-2024-05-01.geojson``, ``20240501.geojson``."""

from __future__ import annotations

import re
from pathlib import PurePath

from pkzone.errors import BadDate, CannotPublish
from pkzone.layers.dates import parse_day

__all__ = ["date_of_name", "name_without_date"]

# Four digits of a plausible year, then month and day after the same separator or none.
_DATE = re.compile(
    r"(?<![0-9])(1[89][0-9]{2}|2[01][0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])"
)


def date_of_name(path: str) -> str:
    """Return the one date in a file's name as ``YYYY-MM-DD``.

    Raises
    ------
    CannotPublish
        The name holds no date, or several.

    Examples
    --------
    >>> date_of_name("data/front_20240501.geojson")
    '2024-05-01'
    """
    name = PurePath(path).name
    dates = sorted({day for match in _DATE.finditer(name) if (day := _day(match))})
    if len(dates) == 1:
        return dates[0]
    if dates:
        raise CannotPublish(
            f"{path}: its name holds {len(dates)} dates, {' and '.join(dates[:3])}; rename it, "
            "or publish it alone with --from DATE"
        )
    raise CannotPublish(
        f"{path}: its name holds no date such as 2024-05-01, 20240501 or 2024_05_01; rename it, "
        "or publish it alone with --from DATE"
    )


def name_without_date(path: str) -> str:
    """Return a file's name without its date and endings.

    Examples
    --------
    >>> name_without_date("data/front_20240501.geojson")
    'front'
    """
    stem = PurePath(path).name.partition(".")[0] if not _DATE.search(path) else PurePath(path).name
    for ending in (".geojson", ".json"):
        stem = stem.removesuffix(ending)
    return _DATE.sub("", stem).strip("-_. ")


def _day(match: re.Match[str]) -> str | None:
    text = "-".join(match.group(1, 3, 4))
    try:
        return parse_day(text).isoformat()
    except BadDate:
        return None
