"""Lay a layer on any map of folium: in pkzone's looks, with tooltips and one legend for all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, cast

import folium
from branca.element import Element, Figure
from folium.template import Template

from pkzone.errors import BadOption, LayerNotFound, did_you_mean, printable
from pkzone.geojson.model import Feature, Notice
from pkzone.i18n.messages import LANGUAGES, date_in_words, day_in_words, label, phrase, say
from pkzone.layers.catalogue import Catalogue, Version
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.references import LayerReference, is_frame, parse
from pkzone.maps import languages, style
from pkzone.maps.file_looks import CLASS_PALETTE, Looks, entry_text, value_text
from pkzone.maps.geometry import boxes_of, extent
from pkzone.maps.html_document import web_text
from pkzone.maps.own_layers import (
    OWN_PALETTE,
    FileOptions,
    legend_notes,
    name_by,
    open_files,
    with_files,
    with_own_layers,
)
from pkzone.maps.payload import credit
from pkzone.maps.selection import Reference, day_named
from pkzone.reports.model import worded
from pkzone.reports.values import Rounding

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["FoliumLayer", "folium_layer"]

Json = dict[str, Any]

#: The level of files without areas: above all layers.
_ON_TOP: Final = 95
#: What other objects draw lies at 400, their markers at 600.
_BENEATH, _ABOVE = 300, 400
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]+|(?:rgb|hsl)a?\([\d\s.,%/]+\)", re.ASCII)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
#: What ends a script or begins a template within a string; no JSON but its strings has it.
_RISKY: Final = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "<>&{}'`"})
_LONGEST: Final = 200
#: What stands on a pin, in the size of its head.
_SIGN: Final = 0.45
CERTAINTY: Final = {
    "agreed": phrase("agreed: both parties state it"),
    "corroborated": phrase("corroborated: several sources"),
    "reported": phrase("reported: one source or one side"),
    "inferred": phrase("inferred: follows from what is reported, not directly stated"),
}


class _Library(Element):
    """The script and the styles that all layers of a page share; no template engine reads them."""

    def render(self, **_: Any) -> str:
        styles, script = (web_text(f"built/folium-layer.{kind}") for kind in ("css", "js"))
        return f"<style>{styles}</style>\n<script>{script}</script>"


class FoliumLayer(folium.FeatureGroup):
    """A layer that any ``folium.Map`` takes; `folium_layer` makes it.

    Parameters
    ----------
    data : dict
        What the page's script draws, as plain JSON types.
    name : str
        What a ``LayerControl`` calls it: plain text.
    show : bool
        Whether it is on the map at first.
    bounds : sequence of float, optional
        West, south, east and north; none of a layer in which nothing has a place.
    notices : tuple of Notice
        What was odd in the file or frame.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = pkzoneLayer({{ this.data_json }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        data: Json,
        name: str,
        *,
        show: bool,
        bounds: Sequence[float] | None,
        notices: tuple[Notice, ...],
    ) -> None:
        # branca compiles a script that it has rendered as a template once more.
        self.data_json = _STRING.sub(lambda text: text[0].translate(_RISKY), json.dumps(data))
        self._own_name = f"pkzone_{_hash(self.data_json)}"
        self._parent = None
        self.bounds = bounds
        self.notices = notices
        super().__init__(name=_inert(name), show=show)

    def get_name(self) -> str:
        """Return its name in the script: of its content and its map, the same every time."""
        parent = self._parent
        return self._own_name if parent is None else f"{self._own_name}_{parent.get_name()}"

    def render(self, **kwargs: Any) -> Any:
        """Put it into the figure, with the script that all layers share."""
        figure = self.get_root()
        if isinstance(figure, Figure):
            figure.header.add_child(_Library(), name="pkzone_layer")
        return super().render(**kwargs)  # type: ignore[no-untyped-call]

    def _get_self_bounds(self) -> list[list[float | None]]:
        west, south, east, north = self.bounds or (None,) * 4
        return [[south, west], [north, east]]


def folium_layer(
    ref: Reference,
    *,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    lang: str = "en",
    name: str | None = None,
    layer: str | None = None,
    color: str | None = None,
    theme: str = "light",
    legend: bool = True,
    show: bool = True,
    color_by: str | None = None,
    label: str | None = None,
) -> FoliumLayer:
    """Return a layer for any map of folium, a ``FeatureGroup``.

    It has the colours, dashes, hatching and markers of pkzone's own maps, a tooltip for each
    feature, and its part of one legend, which comes and goes with the layer. Points are circle
    markers, of other outlines too. Layers lie in the order of pkzone's maps, in whatever order
    they are added: areas beneath what other objects draw, roads and points above that, beneath
    markers.

    Parameters
    ----------
    ref : str, os.PathLike or GeoDataFrame
        ``LAYER``, ``LAYER@VERSION`` or ``LAYER@DATE``, a path to a GeoJSON file, ``-`` for
        standard input, or a frame in EPSG:4326. A frame that `pkzone.load` returned, or a part
        of it, looks like its layer. Any other, and a file, has one look, and tooltips from its
        ``name``, ``title`` or ``label``; simplestyle is followed, but letters on pins are signs.
    catalogue : Catalogue, str or os.PathLike, optional
        Where the layers are; the shipped catalogue by default.
    lang : str, default "en"
        The language of names, tooltips and legend: one that the catalogue lists.
    name : str, optional
        What a ``LayerControl`` and the legend call it, as plain text; else the title of the
        layer and the day, or the name of the file. A control lists one layer of each name.
    layer : str, optional
        The layer of the catalogue in whose looks a file or frame is drawn.
    color : str, optional
        A CSS colour instead of those of the looks, whose dashes and markers stay.
    theme : str, default "light"
        The colours: ``light``, or ``dark`` for a dark background.
    legend : bool, default True
        Whether the legend lists it.
    show : bool, default True
        Whether it is on the map at first; a ``LayerControl`` turns it on.
    color_by : str, optional
        A property of a file or frame that its features are coloured by, as by `pkzone.map`: words
        by hues, numbers in their order; the legend counts them, tooltips have the value.
    label : str, optional
        The property that tooltips name features of a file or frame by.

    Returns
    -------
    FoliumLayer
        A ``folium.FeatureGroup``. Its ``notices`` say what was odd in a file or frame.

    Raises
    ------
    BadReference, BadDate, LayerNotFound, VersionNotFound
        The reference names nothing.
    BadOption
        The catalogue does not list the language; there is no such theme, or the colour is none;
        no feature has a property that is named, or what colours exclude each other.
    CatalogueError, HashMismatch, GeoJSONError, ForeignCRS, MapTooLarge
        A file or frame is missing, damaged, refused, or too large.

    Notes
    -----
    The page of a ``folium.Map`` needs a network, for Leaflet; `pkzone.map` makes pages that need
    none. With ``prefer_canvas=True`` Leaflet knows neither patterns nor outlines: hatched areas
    are then pale, and all markers round. The dots that lead from roads to their towns are on
    pkzone's own maps alone. folium gives all else on its pages random ids, so that these differ
    from run to run; what this makes is the same every time.

    Examples
    --------
    >>> import folium
    >>> import pkzone
    >>> page = folium.Map()
    >>> road = pkzone.folium_layer("corridor@2022-09-01").add_to(page)
    >>> road.layer_name
    'Lachin corridor, 1 September 2022'
    >>> page.fit_bounds(road.get_bounds())
    """
    source = open_catalogue(catalogue)
    spoken = languages.check(lang, languages.offered((*source.languages, *LANGUAGES)))
    _check(theme, color)
    if color_by is not None and (color or layer):
        raise BadOption("color_by gives features their colours; leave out color and layer")
    shown = _shown(ref, source, spoken, layer, FileOptions(color_by, label))
    title = shown.title if name is None else name
    palette = style.PALETTE[theme] | OWN_PALETTE[theme] | CLASS_PALETTE[theme]
    maker = _Maker(shown, spoken, palette, color)
    data = {
        "title": title,
        "credit": escape(shown.credit),
        "level": shown.level + (_BENEATH if shown.level <= style.ANY_LEVEL else _ABOVE),
        "features": list(maker.features()),
        "legend": maker.legend() if legend else None,
        "looks": maker.looks,
    }
    bounds = extent(boxes_of([one.geometry for one in shown.features]))
    return FoliumLayer(data, title, show=show, bounds=bounds, notices=shown.notices)


def _check(theme: str, color: str | None) -> None:
    if theme not in style.PALETTE:
        themes = ", ".join(style.PALETTE)
        raise BadOption(f"{printable(str(theme))} is not a theme of a layer; choose from {themes}")
    if color is not None and not _COLOR.fullmatch(color):
        what = printable(color)
        raise BadOption(f"{what} is not a colour; write a name, #b34700 or rgb(179, 71, 0)")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a reference names: features, and the rules that draw them.

    ``label`` is the property that names a feature of a file, none in a layer of a catalogue,
    whose features have names in several languages; ``looks`` are those of a file that styles
    itself.
    """

    title: str
    features: Sequence[Feature]
    rules: Sequence[Json]
    level: int
    order: Sequence[int] | None = None
    label: str | None = None
    looks: Looks | None = None
    credit: str = ""
    notices: tuple[Notice, ...] = ()
    notes: tuple[str, ...] = ()
    color_by: str | None = None


def _shown(
    ref: Reference, source: Catalogue, language: str, layer: str | None, options: FileOptions
) -> _Shown:
    parsed = None if is_frame(ref) else parse(cast("str", ref), source)
    if isinstance(parsed, LayerReference):
        options.check(())
        version = source.version(parsed)
        day = parsed.version and day_named(parsed.version, version, source.time_zone)
        titled = _titled(version, day or None, source, language)
        return replace(_of_layer(layer or version.layer, source), **titled)
    opened = cast("str | gpd.GeoDataFrame", ref if parsed is None else parsed.path)
    (file,) = open_files([opened], source, options)
    record = getattr(ref, "attrs", {}).get("pkzone")
    known: Json = record if isinstance(record, dict) else {}
    found = _version_of(known, source)
    if options.color_by is not None:
        known = {}
    own = layer or (known.get("layer") if known.get("layer") in _rules(source) else None)
    held: Json = {"title": file.title, "credit": file.credit, "notices": file.notices}
    if own is not None:
        held |= _titled(found, None, source, language) if found else {}
        held |= {"features": file.features, "order": file.order}
        held["label"] = options.label
        return replace(_of_layer(own, source), **held)
    return _Shown(
        features=file.features,
        rules=with_files(style.table(), [file])["rules"][file.name],
        level=style.ANY_LEVEL if "area" in file.kinds else _ON_TOP,
        order=file.order,
        label=file.label,
        looks=file.looks,
        notes=tuple(legend_notes(file, language)),
        color_by=options.color_by,
        **held,
    )


def _rules(source: Catalogue) -> Mapping[str, list[Json]]:
    titles = {layer.name: layer.title for layer in source.layers}
    rules: Mapping[str, list[Json]] = with_own_layers(style.table(), titles, titles)["rules"]
    return rules


def _of_layer(layer: str, source: Catalogue) -> _Shown:
    """Return the looks of a layer without what is drawn in them."""
    rules = _rules(source)
    if layer not in rules:
        raise LayerNotFound(
            f"there are no looks of a layer {printable(layer)}; {did_you_mean(layer, rules)}"
            f"layers: {', '.join(rules)}"
        )
    known = style.LAYERS.get(layer)
    return _Shown("", (), rules[layer], known.level if known else style.ANY_LEVEL)


def _titled(version: Version, day: date | None, source: Catalogue, language: str) -> Json:
    layer = source[version.layer]
    title = source.say(layer.title or layer.name, language)
    start = day_in_words(version.valid_from, language)
    when = day_in_words(day, language) if day else say("since {date}", language, date=start)
    return {
        "title": f"{title}, {when}",
        "features": version.features().features,
        "credit": credit(source, language),
    }


def _version_of(record: Json, source: Catalogue) -> Version | None:
    """Return the version that a frame's record speaks of, if this catalogue has the same."""
    layer = record.get("layer")
    versions = source[layer].versions if isinstance(layer, str) and layer in source else ()
    return next((one for one in versions if one.sha256 == record.get("sha256")), None)


class _Maker:
    """Says what features and the legend look like; a look that many have is said once."""

    def __init__(
        self, shown: _Shown, language: str, palette: Mapping[str, str], color: str | None
    ) -> None:
        self.looks: list[Json] = []
        self._numbers: dict[str, int] = {}
        self._shown = shown
        self._language = language
        self._palette = palette
        self._color = color
        self._drawn: dict[tuple[int, str], None] = {}
        self._modifiers: list[Json] = []

    def features(self) -> Iterator[Json]:
        """Yield the features that have a place, in the order in which they are drawn."""
        shown = self._shown
        places = {id(rule): at for at, rule in enumerate(shown.rules)}
        for number in range(len(shown.features)) if shown.order is None else shown.order:
            one = shown.features[number]
            kind = style.geometry_kind(one.geometry["type"]) if one.geometry else "none"
            if not one.geometry or kind == "none" or not one.geometry["coordinates"]:
                continue
            looks = shown.looks
            rules = looks.by_number[looks.numbers[number]] if looks else shown.rules
            rule = style.rule_of(rules, one.properties, kind) or style.ANY_LAYER[-1]
            modifiers: list[Json] = []
            if shown.label is None:
                modifiers = style.all_met(style.MODIFIERS, one.properties, kind)
            self._drawn[places.get(id(rule), len(places)), kind] = None
            self._modifiers += (change for change in modifiers if change not in self._modifiers)
            yield {
                "geometry": one.geometry,
                "look": self._look(rule, kind, modifiers),
                "tip": self._tip(one, number, rule),
            }

    def legend(self) -> Json:
        """Return the head of the legend and an entry for each pattern drawn."""
        rules = [*self._shown.rules, style.ANY_LAYER[-1]]
        drawn = ((rules[at], kind) for at, kind in sorted(self._drawn))
        samples = {(entry_text(rule, self._language), kind): rule for rule, kind in drawn}
        entries = [(text, self._look(rule, kind)) for (text, kind), rule in samples.items()]
        for change in style.MODIFIERS:
            if "label" in change and change in self._modifiers:
                sample = change["sample"]
                look = self._look(style.SAMPLES[sample], sample, [change])
                entries.append((label(change["label"], self._language), look))
        return {
            "head": say("Legend", self._language),
            "notes": list(self._shown.notes),
            "entries": [{"look": look, "label": text} for text, look in entries],
        }

    def _tip(self, one: Feature, number: int, rule: Json) -> list[list[str]]:
        language, properties = self._language, one.properties
        if self._shown.label is not None:
            number_or_id = f"#{number + 1}" if one.id is None else str(one.id)
            rows = [[_brief(name_by(properties, self._shown.label) or number_or_id)]]
            name = self._shown.color_by
            if name is not None and properties.get(name) is not None:
                rows.append([_brief(name), _brief(value_text(properties[name], language))])
            return rows
        name = languages.name_in(properties, language) or ("" if one.id is None else str(one.id))
        since, certainty = properties.get("since"), properties.get("certainty")
        within = properties.get("uncertainty_m")
        rows = [[_brief(name) or say("Without a name", language)]]
        rows.append(["", label(rule["label"], language)])
        if isinstance(since, str):
            rows.append([say("Since", language), _brief(date_in_words(since, language))])
        if isinstance(certainty, str):
            known = CERTAINTY.get(certainty, certainty)
            rows.append([say("Certainty", language), _brief(say(known, language))])
        if isinstance(within, int | float) and isfinite(within):
            size = worded(Rounding(within).length(within), language)
            true_place = say("position accurate to about {size}", language, size=size)
            rows.append([say("Uncertainty", language), true_place])
        return rows

    def _look(self, rule: Json, kind: str, modifiers: Iterable[Json] = ()) -> int:
        """Return the number of a look: a rule with its modifiers, colours for their tokens."""
        opacity, size, band = 1.0, rule.get("size", 4), None
        for change in modifiers:
            opacity *= change.get("opacity", 1)
            size *= change.get("scale", 1)
            band = change.get("band", band)
        strokes = [dict(one) for one in rule["strokes"]]
        if band and kind == "line":
            width = max(one["width"] for one in strokes) + band["width"]
            strokes.insert(0, {**strokes[0], **band, "width": width, "dash": []})
        look: Json = {
            "kind": kind,
            "size": size,
            "outline": style.SHAPES.get(rule.get("shape", "circle")),
            "fill_opacity": rule.get("fill_opacity", 0) * opacity,
            "strokes": [
                {
                    **one,
                    "color": self._hue(one["color"]),
                    "opacity": one.get("opacity", 1) * opacity,
                }
                for one in strokes
            ],
        }
        if "fill" in rule:
            look["fill"] = self._hue(rule["fill"])
        if "sign" in rule:
            outline = style.SHAPES.get(rule["sign"]) or style.SHAPES["hexagon"] or []
            lift = style.PIN_LIFT / _SIGN
            look["sign"] = {
                "color": self._hue(rule["sign_color"]),
                "size": size * _SIGN,
                "outline": [[x, y - lift] for x, y in outline],
            }
        if hatch := rule.get("hatch"):
            hue, lines = self._hue(hatch["color"]), hatch["opacity"] * opacity
            look["hatch"] = {**hatch, "color": hue, "opacity": lines}
            look["hatch"]["id"] = f"pkzone-{_hash(json.dumps(look['hatch']))}"
        key = json.dumps(look)
        if key not in self._numbers:
            self._numbers[key] = len(self.looks)
            self.looks.append(look)
        return self._numbers[key]

    def _hue(self, name: str) -> str:
        if self._color and name != "paper":
            return self._color
        return self._palette.get(name, name)  # a file that is styled has colours, no tokens


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _inert(text: str) -> str:
    """Return a text that a ``LayerControl``, which takes HTML, and a template show as it is."""
    inert = escape(text).replace("{", "&#123;").replace("}", "&#125;")
    # As a key of an object it would be no key.
    return inert.replace("_", "&#95;") if text == "__proto__" else inert
