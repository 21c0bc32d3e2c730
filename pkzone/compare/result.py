"""The values of a diff: sides, changes with their evidence, routes, areas, who is affected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pkzone.compare.json_paths import PathChange, inner_differences
from pkzone.errors import printable

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Event
    from pkzone.maps import Map

__all__ = [
    "Affected",
    "AreaTotals",
    "Change",
    "Diff",
    "Evidence",
    "Gap",
    "PathChange",
    "PropertyChange",
    "PublishedLength",
    "PublishedPart",
    "Reported",
    "RouteDiff",
    "Section",
    "SideInfo",
    "StatusChange",
]

KINDS = ("added", "removed", "modified", "split", "merged", "renamed")
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SideInfo:
    """Side of a comparison: the reference as given and, where it is a version, which one.

    ``file_layers`` are those that were chosen of a file that holds several; ``date``, the day in
    UTC, and ``subject`` are those of the commit that gave a file its state.
    """

    ref: str
    layer: str | None = None
    version: str | None = None
    sha256: str | None = None
    file_layers: tuple[str, ...] | None = None
    date: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """The value of one property on both sides; a property that is not there is ``None``.

    ``in_base`` and ``in_target`` tell it from one that is there and null; ``name`` is that of
    the property, where the pointers of `paths` begin.
    """

    base: Any
    target: Any
    in_base: bool = True
    in_target: bool = True
    name: str = field(default="", compare=False)

    @property
    def paths(self) -> tuple[PathChange, ...]:
        """The deepest differences inside two objects, or two arrays of one length, by JSON Pointer.

        None where the values differ as a whole.

        Examples
        --------
        >>> change = PropertyChange({"surface": "gravel"}, {"surface": "asphalt"}, name="tags")
        >>> change.paths[0].path, change.paths[0].target
        ('/tags/surface', 'asphalt')
        """
        return tuple(inner_differences(self.name, self.base, self.target))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers that prove a change of geometry; those that do not apply are ``None``.

    Lengths and distances in metres, areas in square kilometres, on the WGS 84 ellipsoid.
    ``max_offset_at`` is the (lon, lat) of the largest offset, or of the largest border shift.
    ``heights_base`` and ``heights_target`` count the positions that have a height, and
    ``heights_changed`` those in the same place on both sides that have another one; they are
    stated where heights came, went or differ.
    """

    length_base_m: float | None = None
    length_target_m: float | None = None
    length_delta_m: float | None = None
    kept_m: float | None = None
    kept_target_m: float | None = None
    removed_m: float | None = None
    added_m: float | None = None
    hausdorff_m: float | None = None
    frechet_m: float | None = None
    mean_offset_m: float | None = None
    max_offset_m: float | None = None
    max_offset_at: LonLat | None = None
    area_base_km2: float | None = None
    area_target_km2: float | None = None
    gained_km2: float | None = None
    lost_km2: float | None = None
    kept_km2: float | None = None
    iou: float | None = None
    mean_shift_m: float | None = None
    max_shift_m: float | None = None
    distance_m: float | None = None
    bearing_deg: float | None = None
    heights_base: int | None = None
    heights_target: int | None = None
    height_min_base_m: float | None = None
    height_max_base_m: float | None = None
    height_min_target_m: float | None = None
    height_max_target_m: float | None = None
    heights_changed: int | None = None
    max_height_change_m: float | None = None


class PublishedPart(NamedTuple):
    """The length that one segment carries: its number as written, and who states it."""

    segment: str | None
    km: Decimal
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedLength:
    """A length on the ground by the sources.

    Attributes
    ----------
    km : float
        The number.
    text : str
        As its source prints it: ``more than 80 km``; of a sum, with the decimals of its coarsest
        part: ``26.0 km``.
    sources : tuple of str
        Ids of the sources that state it; of a sum, those that its segments cite.
    parts : tuple of PublishedPart
        The segments that it is the sum of; none where it is stated for the whole.
    """

    km: float
    text: str
    sources: tuple[str, ...] = ()
    parts: tuple[PublishedPart, ...] = ()

    @classmethod
    def total(cls, parts: Iterable[PublishedPart | None]) -> PublishedLength | None:
        """Return the sum of the lengths of segments; none of nothing, and where one is missing."""
        known = []
        for part in parts:
            if part is None:
                return None
            known.append(part)
        if not known:
            return None
        decimals = min(max(0, -int(part.km.as_tuple().exponent)) for part in known)
        km = round(sum((part.km for part in known), Decimal()), decimals)
        sources = sorted({source for part in known for source in part.sources})
        number = float(km) if decimals else int(km)
        return cls(number, f"{km:,f} km", tuple(sources), tuple(known))

    @classmethod
    def of_all(cls, lengths: Iterable[PublishedLength | None]) -> PublishedLength | None:
        """Return the sum of sums of segments; none of nothing, and where one is missing."""
        parts: list[PublishedPart | None] = []
        for length in lengths:
            parts += length.parts if length and length.parts else (None,)
        return cls.total(parts)

    @property
    def is_exact(self) -> bool:
        """Whether it is a plain number, which another can be taken from."""
        return self.text.removesuffix(" km").replace(",", "").replace(".", "", 1).isdecimal()


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a line or route that both sides share, or only one has.

    ``from_m`` and ``to_m`` run along the base for kept and removed sections, along the target
    for added ones; kept ones add their place along the target. ``start`` and ``end`` are
    (lon, lat), ``near`` names the nearest places.

    Of a route ``schematic_m`` is how much of the stretch is drawn schematically, ``restated``
    says that the other side has the very same road, but not in use, and ``published`` is the
    length by the sources, where each segment of the stretch is whole and carries one; of a kept
    stretch where both sides agree on it.
    """

    kind: str
    from_m: float
    to_m: float
    length_m: float
    start: LonLat
    end: LonLat
    target_from_m: float | None = None
    target_to_m: float | None = None
    near: tuple[str, ...] = ()
    geometry: shapely.Geometry | None = field(default=None, compare=False, repr=False)
    schematic_m: float | None = None
    restated: bool = False
    published: PublishedLength | None = None

    @property
    def length_published_km(self) -> float | None:
        """The length by the sources."""
        return self.published.km if self.published else None

    @property
    def published_sources(self) -> tuple[str, ...]:
        """Ids of the sources of that length."""
        return self.published.sources if self.published else ()


@dataclass(frozen=True, slots=True)
class Change:
    """One feature that differs, or several that were split or merged.

    Attributes
    ----------
    id : str, int or None
        Id in the base; of an added or merged feature, in the target.
    kind : str
        ``added``, ``removed``, ``modified``, ``split``, ``merged`` or ``renamed``.
    new_id, parts, parents
        Id in the target of a renamed one; ids of the parts of a split one, of the parents of
        a merged one.
    aspects : tuple of str
        ``geometry`` and ``properties``, where they differ.
    geometry_class : str or None
        ``revertexed``, ``reversed``, ``redrawn``, ``moved``, ``rerouted`` or ``reshaped``.
    within_uncertainty : bool or None
        Whether the change of geometry is smaller than the stated uncertainty of both sides;
        none where none is stated or no geometry changed.
    base, target : tuple of Feature
        The features concerned, whole: what ``apply`` needs.
    """

    id: str | int | None
    kind: str
    base: tuple[Feature, ...]
    target: tuple[Feature, ...]
    new_id: str | int | None = None
    parts: tuple[str | int | None, ...] = ()
    parents: tuple[str | int | None, ...] = ()
    aspects: tuple[str, ...] = ()
    geometry_class: str | None = None
    within_uncertainty: bool | None = None
    properties: Mapping[str, PropertyChange] = field(default_factory=dict)
    evidence: Evidence | None = None
    sections: tuple[Section, ...] = ()
    gained: shapely.Geometry | None = field(default=None, compare=False, repr=False)
    lost: shapely.Geometry | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of a segment's status, told at the level of its route."""

    segment: str
    name: str
    base: str | None
    target: str | None
    since: str | None
    near: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A break in a route: one segment in use ends, the next begins elsewhere.

    ``at_m`` is the chainage of the break, which runs on behind it; ``length_m`` the straight
    distance from ``start`` to ``end``, (lon, lat); ``after`` and ``before`` are segments.
    """

    at_m: float
    length_m: float
    start: LonLat
    end: LonLat
    after: str | int | None
    before: str | int | None


@dataclass(frozen=True, slots=True)
class RouteDiff:
    """One route on both sides, cut into sections.

    The lengths are those of the segments in use, gaps not counted; ``schematic_base_m`` and
    ``schematic_target_m`` are drawn schematically. ``published_base`` and ``published_target``
    are the length of the whole route by the sources: as the catalogue states it, else as the
    sum over its segments, where each carries one.
    """

    route: str
    length_base_m: float
    length_target_m: float
    kept_m: float
    kept_target_m: float
    removed_m: float
    added_m: float
    max_offset_m: float | None
    sections: tuple[Section, ...]
    status_changes: tuple[StatusChange, ...] = ()
    segments_base: tuple[str, ...] = ()
    segments_target: tuple[str, ...] = ()
    gaps_base: tuple[Gap, ...] = ()
    gaps_target: tuple[Gap, ...] = ()
    published_base: PublishedLength | None = None
    published_target: PublishedLength | None = None
    schematic_base_m: float = 0.0
    schematic_target_m: float = 0.0

    @property
    def length_published_base_km(self) -> float | None:
        """The length of the base by the sources."""
        return self.published_base.km if self.published_base else None

    @property
    def length_published_target_km(self) -> float | None:
        """The length of the target by the sources."""
        return self.published_target.km if self.published_target else None


@dataclass(frozen=True, slots=True)
class AreaTotals:
    """The ground that an area layer covers on both sides, in km2."""

    base_km2: float
    target_km2: float
    gained_km2: float
    lost_km2: float
    kept_km2: float
    iou: float


@dataclass(frozen=True, slots=True)
class Affected:
    """A place (or other feature) that entered or left an area or the reach of a route.

    Attributes
    ----------
    id, name
        Of the place.
    effect : str
        ``entered`` or ``left``.
    of, of_label
        Id of the area, or name of the route; what an area without an id is found by.
    relation : str
        ``inside`` an area, within ``reach`` of a route, or in its ``corridor``.
    certain : bool
        False where the distance from the border, or the end of the reach, is within the
        uncertainty of drawing and place, or where the place itself does not bear it out: it may
        have entered or left.
    by_status : tuple of str or None
        The ``status`` of the place in base and target, where that decides.
    """

    id: str | int | None
    name: str
    effect: str
    of: str | int | None
    of_label: str | None = None
    relation: str = "inside"
    certain: bool = True
    by_status: tuple[str, str] | None = None


class Reported:
    """A value that shows itself in the formats of ``pkzone.reports``."""

    _subject: ClassVar[str]

    def to_text(
        self, *, width: int = 80, lang: str = "en", catalogue: Catalogue | None = None
    ) -> str:
        """Return the report for a terminal of `width` columns, in a language.

        Names and titles in that language are those of the catalogue, by default the shipped one.
        """
        return self.report("text", width=width, lang=lang, catalogue=catalogue)

    def to_markdown(self, *, lang: str = "en", catalogue: Catalogue | None = None) -> str:
        """Return the report as Markdown, for a pull request or a changelog; see `to_text`."""
        return self.report("markdown", lang=lang, catalogue=catalogue)

    def report(self, form: str, **options: Any) -> str:
        """Return the report in any format that the command has, by its name."""
        from pkzone.reports import render

        return render(form, self._subject, self, **options)


@dataclass(frozen=True)
class Diff(Reported):
    """Differences between a base and a target.

    Everything is a value; the writers are plain functions in ``pkzone.reports``.
    ``id_property`` names the property that was taken for the features' ids, if one was, or
    several, with commas between them;
    ``ids_changed`` has the pairs of base and target that differ in nothing but the id: they
    count as unchanged. ``sources`` has the ids of those that what differs rests on, and of those
    that a version cites as a whole. ``end_names`` has the names of the places and junctions where
    links that changed begin and end, by their ids; ``route_names``, ``feature_names`` and
    ``source_names`` what people read for routes, segments and areas, and sources,
    ``layer_titles`` for layers. ``matched`` says how many matches each step made, where the steps
    were asked for; a split or a merge is one.
    """

    _subject = "diff"

    base: SideInfo
    target: SideInfo
    tolerance_m: float
    changes: tuple[Change, ...]
    unchanged: int
    routes: tuple[RouteDiff, ...] = ()
    areas: AreaTotals | None = None
    affected: tuple[Affected, ...] = ()
    events: tuple[Event, ...] = ()
    sources: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    id_property: str | None = None
    ids_changed: tuple[tuple[Feature, Feature], ...] = ()
    end_names: Mapping[str, str] = field(default_factory=dict)
    route_names: Mapping[str, str] = field(default_factory=dict, repr=False)
    feature_names: Mapping[str, str] = field(default_factory=dict, repr=False)
    source_names: Mapping[str, str] = field(default_factory=dict, repr=False)
    layer_titles: Mapping[str, str] = field(default_factory=dict, repr=False)
    matched: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether both sides are the same, but for ids."""
        return not self.changes

    @property
    def summary(self) -> dict[str, int]:
        """Number of changes by kind, of unchanged features, and of those with another id."""
        counts = dict.fromkeys(KINDS, 0)
        for change in self.changes:
            counts[change.kind] += 1
        counts["unchanged"] = self.unchanged
        return counts | ({"ids_changed": len(self.ids_changed)} if self.ids_changed else {})

    def exceeds(self, *conditions: str) -> tuple[str, ...]:
        """Return why the diff exceeds some bounds; nothing where it exceeds none.

        Parameters
        ----------
        *conditions : str
            ``MEASURE OP NUMBER[UNIT]``; OP is ``>`` or ``>=``. ``added``, ``removed``,
            ``modified``, ``split``, ``merged``, ``renamed`` and ``changes`` count features and
            have no unit. The others are the largest of any one feature that both sides have:
            ``moved`` (m, km) the largest offset of its geometry; ``length`` (m, km, %) and
            ``area`` (m2, ha, km2, %) the change of its size, up or down; ``gained`` and ``lost``
            (m2, ha, km2, %) ground. Percentages are of the size in the base.

        Returns
        -------
        tuple of str
            A line for each condition that holds, with the feature and its value. A geometry that
            changed and was not measured, as without the evidence, exceeds every bound.

        Raises
        ------
        BadOption
            A condition is of another form.

        Examples
        --------
        >>> import pkzone
        >>> diff = pkzone.diff("corridor@2020-12-01", "corridor@2022-09-01")
        >>> diff.exceeds("added>0", "moved>100m")
        ('added>0: 3 features added',)
        """
        from pkzone.compare.bounds import exceeded, parse_bound

        bounds = [parse_bound(one) for one in conditions]
        return tuple(filter(None, (exceeded(self, bound) for bound in bounds)))

    def __repr__(self) -> str:
        counts = (
            f"{count:,} {kind.replace('_', ' ')}" for kind, count in self.summary.items() if count
        )
        sides = f"{printable(self.base.ref)} to {printable(self.target.ref)}"
        return f"<Diff {sides}: {', '.join(counts) or 'no features'}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the diff as plain JSON types, by the schema ``pkzone.diff/1``."""
        from pkzone.reports.as_json import to_dict

        return to_dict(self)

    def to_geojson(self) -> dict[str, Any]:
        """Return one FeatureCollection: changed features, sections, gained and lost parts."""
        from pkzone.reports.as_features import to_geojson

        return to_geojson(self)

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return one row a change: id, kind, class, evidence, geometry of the target or base."""
        from pkzone.reports.as_features import to_frame

        return to_frame(self)

    def map(
        self,
        *,
        tiles: str | Mapping[str, Any] | None = None,
        tiles_attribution: str | None = None,
        lang: str | None = None,
        languages: str | Iterable[str] | None = None,
    ) -> Map:
        """Return the map of base and target with the difference coloured.

        Parameters
        ----------
        tiles, tiles_attribution : optional
            As for `pkzone.map`: what lies under it.
        lang, languages : optional
            As for `pkzone.map`: the language it opens in, and those it is limited to.
        """
        from pkzone.maps.diff.page import diff_map

        return diff_map(
            self,
            tiles=tiles,
            tiles_attribution=tiles_attribution,
            lang=lang,
            languages=languages,
        )

    def _repr_html_(self) -> str:
        from pkzone.maps.diff.page import report_html

        return report_html(self)


def stated(evidence: Evidence) -> dict[str, Any]:
    """Return the numbers of an evidence that apply, by name."""
    values = ((f.name, getattr(evidence, f.name)) for f in fields(evidence))
    return {name: value for name, value in values if value is not None}
