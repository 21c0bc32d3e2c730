"""Make layers of files and frames, and give looks to all layers that have no style of their own."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from pkzone.errors import BadOption, BadReference, MapTooLarge, did_you_mean, printable
from pkzone.files.filetypes import title_of_path
from pkzone.files.inputs import open_regular
from pkzone.formats import any_file
from pkzone.geojson.json_text import TooManyFeaturesError
from pkzone.geojson.model import ABOUT, Feature, FeatureCollection, Notice
from pkzone.geojson.reader import file_name
from pkzone.i18n.messages import say
from pkzone.layers.identity import identified
from pkzone.maps import packing
from pkzone.maps.file_looks import (
    DASHES,
    MARKERS,
    Looks,
    colored_looks,
    number_in,
    simplestyle_looks,
)
from pkzone.maps.file_times import Times, times_of
from pkzone.maps.geometry import boxes_of, extent
from pkzone.maps.style import RULES, geometry_kind, line_rule, point_rule, stroke
from pkzone.revisions.names import file_title

if TYPE_CHECKING:
    import geopandas as gpd

    from pkzone.maps.geometry import Geometries

__all__ = [
    "OWN_PALETTE",
    "FileLayer",
    "FileOptions",
    "columns_of",
    "credit_of",
    "is_news",
    "label_of",
    "legend_notes",
    "name_by",
    "open_files",
    "own_title",
    "payload_of",
    "title_of",
    "with_file",
    "with_files",
    "with_own_layers",
]

Box: TypeAlias = tuple[float, float, float, float]

#: Properties that name a feature, in any case of letters; the first one found counts.
LABELS: Final = ("name", "title", "label")
#: Properties in the table of a map of files.
MAX_COLUMNS: Final = 5
_UNPLAIN: Final = re.compile(r"[^a-z0-9]+")
_PARTS_OF_THE_PAGE: Final = ("uncertainty", "labels", "file")
_FRAME: Final = "<frame>"
_KINDS: Final = ("area", "line", "point", "none")
#: Colours of layers without a style by theme and token: the hues of Okabe and Ito (2008), told
#: apart with any colour vision, darker on the light page; those that the shipped layers do
#: without come first. Dash patterns and markers are a second cue.
OWN_PALETTE: Final[dict[str, dict[str, str]]] = {
    theme: {f"file-{number}": color for number, color in enumerate(colors)}
    for theme, colors in {
        "light": ("#00795a", "#a34b7d", "#8a6100", "#0072b2", "#b94b00", "#1a1a1a"),
        "dark": ("#3fc39c", "#dd9cc0", "#e6a817", "#56b4e9", "#f08a3c", "#f0efeb"),
    }.items()
}
#: Names of files come before all of the catalogue's but the titles of its layers.
_NAMED: Final[dict[str, Any]] = {"where": {}, "rank": -0.5, "zoom": 0, "own": True}
_NAMED_POINTS: Final = {**_NAMED, "where": {"@geometry": "point"}}
_LONGEST_TEXT: Final = 500
#: What the legend calls a pattern of which nothing more is known.
_PLAIN: Final = ("Area", "Line", "Point")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Properties of files that their looks, names and days come from; each may lack.

    Attributes
    ----------
    color_by, label : str or None
        What features are coloured by, and named by.
    time, time_end : str or None
        From which day they are on the map, and up to the day before which.
    """

    color_by: str | None = None
    label: str | None = None
    time: str | None = None
    time_end: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """The properties by the options that name them."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {f"--{name.replace('_', '-')}": value for name, value in pairs if value is not None}

    def check(self, files: Sequence[FileLayer]) -> None:
        """Refuse properties that no feature of the files has.

        Raises
        ------
        BadOption
            There is no such property, there are no files, or there is an end without a beginning.
        """
        if self.time_end is not None and self.time is None:
            raise BadOption("--time-end says when features end; say when they begin with --time")
        for option, name in self.named.items():
            if not files:
                raise BadOption(f"{option} names a property of a file; name a file")
            known = dict.fromkeys(
                key for file in files for one in file.features for key in one.properties
            )
            if any(file.features for file in files) and name not in known:
                hint, listed = did_you_mean(name, known), printable(", ".join(known), limit=200)
                raise BadOption(
                    f"{option}: no feature has a property {printable(name)!r}; {hint}"
                    f"they have: {listed or 'none'}"
                )


@dataclass(frozen=True, slots=True, eq=False)
class FileLayer:
    """A file on a map.

    Attributes
    ----------
    name : str
        What the page calls it: letters, digits and hyphens, like the name of a layer.
    title : str
        What people read: the name of the file without its extension.
    features : tuple of Feature
        Its features, in its order, with the ids that `pkzone.layers.identity` finds.
    label : str
        The property that names a feature, ``name`` where none does.
    credit : str
        Whom the file credits, and its licence, as far as it says so.
    notices : tuple of Notice
        What was odd when it was read.
    kinds : tuple of str
        ``point``, ``line``, ``area`` or ``none`` for each feature.
    boxes : ndarray of shape (n, 4)
        West, south, east and north of each feature in degrees; NaN where it has no place.
    sha256 : str or None
        The hash of the file; none of a frame, of standard input and of a state in git.
    looks : Looks or None
        How each feature looks; none where all of them look alike.
    times : Times or None
        On which days each feature is on the map; none where all of them always are.
    names_all : bool
        Whether lines and areas have their names on the map, too.
    """

    name: str
    title: str
    features: tuple[Feature, ...]
    label: str
    credit: str
    notices: tuple[Notice, ...]
    kinds: tuple[str, ...]
    boxes: npt.NDArray[np.float64]
    sha256: str | None = None
    looks: Looks | None = None
    times: Times | None = None
    names_all: bool = False

    @property
    def extent(self) -> Box | None:
        """The box round all its features; none if nothing of it has a place."""
        box = extent(self.boxes)
        return None if box is None else (box[0], box[1], box[2], box[3])

    @property
    def order(self) -> list[int]:
        """The numbers of its features as they are drawn: large areas first, points last."""
        kinds = np.array([_KINDS.index(kind) for kind in self.kinds], dtype=np.intp)
        west, south, east, north = np.nan_to_num(self.boxes).T
        sizes = np.where(kinds == _KINDS.index("area"), (east - west) * (north - south), 0)
        order: list[int] = np.lexsort((-sizes, kinds)).tolist()
        return order

    @property
    def look_numbers(self) -> Sequence[int | None]:
        """The look of each feature; none where all of them look alike."""
        return self.looks.numbers if self.looks else [None] * len(self.features)


def open_files(
    files: Iterable[str | gpd.GeoDataFrame],
    taken: Collection[str],
    options: FileOptions = FileOptions(),
    zone: str = "UTC",
    *,
    any_number: bool = False,
) -> tuple[FileLayer, ...]:
    """Return files and frames as layers.

    Parameters
    ----------
    files : iterable of str or GeoDataFrame
        Paths, ``-`` for standard input, or frames in EPSG:4326.
    taken : collection of str
        Names that layers have already.
    options : FileOptions, optional
        Properties that looks, names and days come from; a file without them is as it is.
    zone : str, optional
        Time zone of the civil dates of instants.
    any_number : bool, default False
        Whether files may have more features than a page draws.

    Raises
    ------
    BadReference
        A file is named twice.
    BadOption
        No feature has a property that is named.
    BadDate
        A value is not a date, or a feature ends before it begins.
    GeoJSONError
        A file is missing or refused; see `pkzone.geojson.read`.
    """
    names = {*taken, *RULES, *_PARTS_OF_THE_PAGE}
    paths: set[str] = set()
    layers = []
    for one in files:
        if isinstance(one, str):
            path = one if one == "-" else os.path.realpath(one)
            if path in paths:
                raise BadReference(f"{printable(one)} is named twice; leave one out")
            paths.add(path)
            title = "stdin" if one == "-" else file_title(one, full=True)
            most = None if any_number else packing.MOST_FEATURES
            collection, file, digest = _read(one, most), file_name(one), _sha256(one)
        else:
            collection, file, title = _frame(one), _FRAME, _title_of_frame(one)
            digest = None
        collection = identified(collection, file)
        features, about = collection.features, collection.about
        name = _new_name(title, names)
        names.add(name)
        notices = (*filter(is_news, collection.notices), *_nothing_drawn(features, file))
        geometries = [one.geometry for one in features]
        kinds = tuple(geometry_kind(one["type"] if one else None) for one in geometries)
        boxes = boxes_of(geometries)
        own = own_title(about) or title
        label = label_of(features)
        made = FileLayer(
            *(name, own, features, label, credit_of(about), notices, kinds, boxes, digest)
        )
        layers.append((made, collection, file))
    options.check([one for one, _, _ in layers])
    return tuple(_with_options(*one, options, zone) for one in layers)


def _with_options(
    layer: FileLayer, collection: FeatureCollection, file: str, options: FileOptions, zone: str
) -> FileLayer:
    """Return a file with looks, names and days by its properties, as far as it has these."""
    has = {key for one in layer.features for key in one.properties}
    notices = layer.notices
    if options.color_by is not None and options.color_by in has:
        looks: Looks | None = colored_looks(layer.features, file, options.color_by)
    else:
        looks = simplestyle_looks(collection, file)
    if looks:
        notices += looks.notices
    if options.label is not None and options.label in has:
        layer = replace(layer, label=options.label, names_all=True)
    if options.time is not None and has & {options.time, options.time_end}:
        times, told = times_of(collection, file, options.time, options.time_end, zone)
        return replace(layer, looks=looks, times=times, notices=(*notices, *told))
    return replace(layer, looks=looks, notices=notices)


def _read(path: str, most_features: int | None) -> FeatureCollection:
    try:
        return any_file.read(path, ids_unique=False, most_features=most_features)
    except TooManyFeaturesError:
        raise MapTooLarge(packing.too_many(f"{file_name(path)} has")) from None


def _sha256(path: str) -> str | None:
    """Return the hash of a file, none where the path names no regular file."""
    try:
        with open_regular(path, follow_links=True) as file:
            return sha256(file.read()).hexdigest()
    except (OSError, ValueError):
        return None


def is_news(notice: Notice) -> bool:
    """Tell whether a notice is news: what a file says of itself is not lost, a map shows it."""
    named = notice.message.rpartition(": ")[2].split(", ")
    return notice.code != "foreign-members" or bool(notice.feature) or not {*named} <= {*ABOUT}


def own_title(about: Mapping[str, str]) -> str:
    """Return what a file calls itself; nothing if it does not say."""
    return _plain(about.get("title") or about.get("name") or "")


def credit_of(about: Mapping[str, str]) -> str:
    """Return attribution and licence of a file on one line."""
    named = (about.get("attribution"), about.get("license") or about.get("licence"))
    return ", ".join(_plain(one) for one in named if one)


def _plain(text: str) -> str:
    """Return a text of a file on one line, and no longer than a page has room for."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


def _nothing_drawn(features: Sequence[Feature], file: str) -> Iterator[Notice]:
    """Yield a notice if no feature of a file has a place."""
    if not features:
        yield Notice("empty", file, None, "is empty: it has no features, so nothing is drawn")
    elif all(one.geometry is None for one in features):
        message = f"none of its {len(features):,} features has a place, so nothing is drawn"
        yield Notice("empty", file, None, message)


def title_of(files: Sequence[FileLayer]) -> str:
    """Return what a map of these files is called."""
    return ", ".join(one.title for one in files)


def legend_notes(file: FileLayer, language: str) -> Iterator[str]:
    """Yield what a legend says above the patterns of a file; the twin of ``file-notes.js``."""
    heading = file.looks.heading if file.looks else None
    if heading:
        name, unit = heading["property"], heading["unit"]
        named = f"{name} ({unit})" if unit and unit not in name else name
        if heading["classes"]:
            yield say(
                "By {property}, in classes; a number on a border is of the class above",
                language,
                property=named,
            )
        else:
            yield say("By {property}", language, property=named)
    if heading and file.times:
        yield say("Counts are of all dates", language)
    if file.times and file.times.without:
        count = number_in(file.times.without, language)
        yield say("Without a date, not on the map: {count}", language, count=count)


def columns_of(files: Iterable[FileLayer]) -> tuple[str, ...]:
    """Return the properties that a table shows: those of most features, the first ones first."""
    keys = [
        key
        for file in files
        for one in file.features
        for key in one.properties
        if key != file.label
    ]
    return tuple(key for key, _ in Counter(keys).most_common(MAX_COLUMNS))


def payload_of(file: FileLayer, geometries: Geometries) -> dict[str, Any]:
    """Return a file as a layer of the payload, of one version that holds on every day.

    One with days has its ``stops`` instead, ``from`` and ``to`` with each state, and what the
    page says of its ``time``.

    States stand in the order in which they are drawn: large areas first, points last. A
    feature without an id gets its number in the file as one, with ``made_up`` to tell.
    """
    ids = {str(one.id) for one in file.features if one.id is not None}
    features: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    state: dict[str, Any]
    drawn = geometries.add_of(file.features, alone=True)
    rows = zip(file.features, drawn, file.look_numbers, strict=True)
    spans = file.times.spans if file.times else None
    for number, (one, where, look) in enumerate(rows):
        own = one.id if one.id is not None else _new_id(number + 1, ids)
        features.append({"id": own, "shared": {}} | ({"made_up": True} if one.id is None else {}))
        state = {"feature": number, "geometry": where, "properties": one.properties}
        if look is not None:
            state["look"] = look
        if spans:
            state |= _span(spans[number])
        states.append(state)
    made = {
        "name": file.name,
        "title": file.title,
        "description": "",
        "fixed": file.times is None,
        "label": file.label,
        "credit": file.credit,
        "features": features,
        "states": states,
    }
    if file.looks and file.looks.heading:
        made["heading"] = file.looks.heading
    if file.times is None:
        version: dict[str, Any] = {"id": "", "from": "", "to": None, "title": "", "events": []}
        return made | {"versions": [{**version, "states": file.order}]}
    stops = [day.isoformat() for day in file.times.stops]
    return made | {
        "versions": [],
        "order": file.order,
        "stops": stops,
        "time": file.times.to_dict(),
    }


def _span(span: tuple[date | None, date | None] | None) -> dict[str, Any]:
    """Return the days of a state: those that it lacks are none, one without any is never."""
    if span is None:
        return {"never": True}
    return {key: day.isoformat() for key, day in zip(("from", "to"), span, strict=True) if day}


def _frame(frame: gpd.GeoDataFrame) -> FeatureCollection:
    from pkzone.compare.inputs import checked
    from pkzone.layers.frames import features_of_frame
    from pkzone.layers.references import is_frame

    if not is_frame(frame):
        raise TypeError(f"map references, paths or GeoDataFrames, not a {type(frame).__name__}")
    return checked(features_of_frame(frame), _FRAME, ids_unique=False)


def _title_of_frame(frame: gpd.GeoDataFrame) -> str:
    record = frame.attrs.get("pkzone")
    known = record if isinstance(record, dict) else {}
    file = known.get("file")
    return str(known.get("ref") or (file and title_of_path(str(file))) or "frame")


def label_of(features: Iterable[Feature]) -> str:
    """Return the property that names features, ``name`` where none does."""
    keys = {key for one in features for key, value in one.properties.items() if _is_name(value)}
    folded = {key.casefold(): key for key in sorted(keys, reverse=True)}
    return next((folded[one] for one in LABELS if one in folded), LABELS[0])


def name_by(properties: Mapping[str, Any], label: str) -> str:
    """Return what a property calls a feature of a file, numbers too; nothing if it has no name."""
    value = properties.get(label)
    is_named = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_named else ""


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _new_name(title: str, taken: Collection[str]) -> str:
    plain = _UNPLAIN.sub("-", title.casefold()).strip("-")[:40] or "file"
    names = chain([plain], (f"{plain}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def _new_id(number: int, taken: Collection[str]) -> str:
    made = f"#{number}"
    while made in taken:
        made = f"#{made}"
    return made


def with_own_layers(
    table: Mapping[str, Any], layers: Iterable[str], titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a style table that also says what layers look like that it does not know.

    Parameters
    ----------
    table : mapping
        What `pkzone.maps.style.table` returns.
    layers : iterable of str
        The names of all layers of a catalogue, so that each looks the same on all its maps.
    titles : mapping of str to str, optional
        What a legend calls patterns that say no more than area, line or point.
    """
    own = [name for name in layers if name not in table["rules"]]
    rules = {**table["rules"], **{name: _rules(number) for number, name in enumerate(own)}}
    for name, title in (titles or {}).items():
        rules[name] = [
            {**rule, "label": title} if rule["label"] in _PLAIN else rule for rule in rules[name]
        ]
    names = {name: [_NAMED_POINTS] for name in own}
    return {**table, "rules": rules, "labels": {**table["labels"], **names}}


def with_files(table: Mapping[str, Any], files: Sequence[FileLayer]) -> dict[str, Any]:
    """Return a style table that also says what files look like.

    Files with areas lie under all roads and places, those with nothing but points on top, so
    that no area takes the pointer from what lies in it.
    """
    if not files:
        return dict(table)
    areas = [one.name for one in files if "area" in one.kinds]
    others = [one.name for one in sorted(files, key=_lowest) if one.name not in areas]
    order = list(table["order"])
    order[order.index("*") : order.index("*")] = areas
    rules = {
        one.name: one.looks.rules if one.looks else _rules(number)
        for number, one in enumerate(files)
    }
    labels = {one.name: [_NAMED if one.names_all else _NAMED_POINTS] for one in files}
    return {
        **table,
        "groups": [{"id": "files", "layers": [one.name for one in files]}, *table["groups"]],
        "order": [*order, *others],
        "rules": {**table["rules"], **rules},
        "labels": {**table["labels"], **labels},
    }


def with_file(table: Mapping[str, Any], layer: str, file: FileLayer) -> dict[str, Any]:
    """Return a style table that also says what a file looks like, under the name of a layer.

    If the file does not say so, and the table has that layer, it looks as that.
    """
    if not file.looks and layer in table["rules"]:
        names = {layer: [_NAMED]} if file.names_all else {}
        return {**table, "labels": {**table["labels"], **names}}
    own = with_files(table, [replace(file, name=layer)])
    return {**own, "order": table["order"]}


def _rules(number: int) -> list[dict[str, Any]]:
    color = f"file-{number % len(OWN_PALETTE['light'])}"
    dash = DASHES[number % len(DASHES)]
    shape = MARKERS[number % len(MARKERS)]
    area = {"where": {"@geometry": "area"}, "label": "Area", "fill": color, "fill_opacity": 0.14}
    return [
        area | {"strokes": [stroke(color, 1.8, dash)]},
        line_rule({"@geometry": "line"}, "Line", color, 2.8, dash),
        point_rule({}, "Point", shape, 5.5, color),
    ]


def _lowest(file: FileLayer) -> int:
    return min(map(_KINDS.index, file.kinds), default=len(_KINDS))
