"""Diffs written by hand: the reports are tested on them without the code that finds diffs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import shapely

from pkzone.compare.result import (
    Affected,
    AreaTotals,
    Change,
    Diff,
    Evidence,
    PropertyChange,
    PublishedLength,
    PublishedPart,
    RouteDiff,
    Section,
    SideInfo,
    StatusChange,
)
from pkzone.geojson import Feature
from pkzone.layers.model import Event

ROAD = [[46.0, 39.5], [46.1, 39.5], [46.2, 39.5]]
BYPASS = [[46.0, 39.5], [46.1, 39.45], [46.2, 39.5]]
SQUARE = [[[46.0, 39.0], [46.1, 39.0], [46.1, 39.1], [46.0, 39.1], [46.0, 39.0]]]
OBLONG = [[[46.0, 39.0], [46.2, 39.0], [46.2, 39.1], [46.0, 39.1], [46.0, 39.0]]]


def line(
    feature_id: str | int | None, coordinates: list[list[float]], **properties: object
) -> Feature:
    return Feature(
        feature_id,
        {"uncertainty_m": 1500, **properties},
        {"type": "LineString", "coordinates": coordinates},
    )


def area(feature_id: str, coordinates: list[list[list[float]]], **properties: object) -> Feature:
    return Feature(
        feature_id,
        {"uncertainty_m": 2500, **properties},
        {"type": "Polygon", "coordinates": coordinates},
    )


def point(feature_id: str | int | None, lon: float, lat: float, **properties: object) -> Feature:
    return Feature(feature_id, properties, {"type": "Point", "coordinates": [lon, lat]})


def corridor() -> Diff:
    """A route that leaves a third of its road for another one."""
    road = {"name": "Berdzor / Lachin", "route": "a-b"}
    old = line("old", ROAD, **road, status="open", since="2020-11-17", sources=["one", "two"])
    former = line(
        "old", ROAD, **road, status="former", since="2022-08-30", sources=["two", "three"]
    )
    new = line(
        "new",
        BYPASS,
        name="The bypass",
        status="open",
        since="2022-08-30",
        certainty="agreed",
        route="a-b",
    )
    sections = (
        Section(
            "kept",
            0.0,
            30_000.0,
            30_000.0,
            (45.7, 39.5),
            (46.0, 39.5),
            0.0,
            30_000.0,
            ("Khankendi / Stepanakert", "Zarisli"),
            shapely.LineString([(45.7, 39.5), (46.0, 39.5)]),
        ),
        Section(
            "removed",
            30_000.0,
            47_189.4,
            17_189.4,
            (46.0, 39.5),
            (46.2, 39.5),
            near=("Berdzor / Lachin",),
            geometry=shapely.LineString(ROAD),
        ),
        Section(
            "added",
            30_000.0,
            50_487.3,
            20_487.3,
            (46.0, 39.5),
            (46.2, 39.5),
            near=("Hin Shen / Kichik Galadarasi",),
            geometry=shapely.LineString(BYPASS),
        ),
    )
    return Diff(
        base=SideInfo("corridor@2020-12-01", "corridor", "2020-11-17", "a" * 64),
        target=SideInfo("corridor@2022-08-30", "corridor", "2022-08-30", "b" * 64),
        tolerance_m=25.0,
        changes=(
            Change("new", "added", (), (new,), evidence=Evidence(length_target_m=20_487.3)),
            Change(
                "old",
                "modified",
                (old,),
                (former,),
                aspects=("properties",),
                properties={
                    "since": PropertyChange("2020-11-17", "2022-08-30"),
                    "sources": PropertyChange(["one", "two"], ["two", "three"]),
                    "status": PropertyChange("open", "former"),
                },
            ),
        ),
        unchanged=2,
        routes=(
            RouteDiff(
                "a-b",
                47_189.4,
                50_487.3,
                30_000.0,
                30_000.0,
                17_189.4,
                20_487.3,
                5560.25,
                sections,
                status_changes=(
                    StatusChange(
                        "old",
                        "Berdzor / Lachin",
                        "open",
                        "former",
                        "2022-08-30",
                        ("Berdzor / Lachin",),
                    ),
                ),
                published_base=PublishedLength(80.0, "80 km", ("bbc-2020",)),
                segments_base=("old",),
                segments_target=("new",),
            ),
        ),
        affected=(
            Affected("lachin", "Berdzor / Lachin", "left", "a-b", relation="reach"),
            Affected("sus", "Sus", "left", "a-b", relation="reach"),
            Affected(
                "hin-shen", "Hin Shen / Kichik Galadarasi", "entered", "a-b", relation="reach"
            ),
        ),
        events=(
            Event("agreed", "2022-08", "The day is agreed", sources=("two",)),
            Event(
                "moved",
                "2022-08-30",
                "Traffic moves to the new road",
                layers=("corridor",),
                features=("corridor/new", "corridor/old"),
                sources=("two", "three"),
            ),
        ),
        notices=("The published length is that of the old road.",),
    )


def sourced() -> Diff:
    """The corridor with a new road that the sources give 21.3 and 4.7 km, drawn schematically."""
    diff = corridor()
    kept, removed, added = diff.routes[0].sections
    parts = (
        PublishedPart("new-az", Decimal("21.3"), ("one",)),
        PublishedPart("connector", Decimal("4.7"), ("two", "one")),
    )
    new = replace(added, published=PublishedLength.total(parts), schematic_m=added.length_m)
    route = replace(
        diff.routes[0], sections=(kept, removed, new), schematic_target_m=added.length_m
    )
    return replace(diff, routes=(route,))


def zone() -> Diff:
    """An area that grows to twice its size."""
    return Diff(
        base=SideInfo("zone@2020-11-10", "zone", "2020-11-10"),
        target=SideInfo("zone@2022-08-30", "zone", "2022-08-30"),
        tolerance_m=25.0,
        changes=(
            Change(
                "core",
                "modified",
                (area("core", SQUARE, name="Core"),),
                (area("core", OBLONG, name="Core"),),
                aspects=("geometry",),
                geometry_class="reshaped",
                within_uncertainty=False,
                evidence=Evidence(
                    area_base_km2=95.9312,
                    area_target_km2=191.8624,
                    gained_km2=95.9312,
                    lost_km2=0.0,
                    kept_km2=95.9312,
                    iou=0.5,
                    mean_shift_m=4321.0,
                    max_shift_m=8645.0,
                ),
                gained=shapely.box(46.1, 39.0, 46.2, 39.1),
            ),
        ),
        unchanged=1,
        areas=AreaTotals(95.9312, 191.8624, 95.9312, 0.0, 95.9312, 0.5),
    )


def every_kind() -> Diff:
    """One change of every kind and class, of files without a layer."""

    def change(feature_id: str | int | None, kind: str, **more: object) -> Change:
        base = () if kind == "added" else (line(feature_id, ROAD),)
        target = () if kind == "removed" else (line(feature_id, BYPASS),)
        return Change(feature_id, kind, base, target, **more)  # type: ignore[arg-type]

    def modified(feature_id: str | int | None, name: str, **numbers: object) -> Change:
        return change(
            feature_id,
            "modified",
            aspects=("geometry",),
            geometry_class=name,
            within_uncertainty=name == "redrawn",
            evidence=Evidence(**numbers),
        )  # type: ignore[arg-type]

    return Diff(
        SideInfo("a.geojson"),
        SideInfo("-"),
        0.0,
        (
            change(1, "added", evidence=Evidence(length_target_m=20_487.3)),
            change(2, "removed", evidence=Evidence(length_base_m=17_189.4)),
            modified("v", "revertexed", length_base_m=0.0, length_target_m=0.0),
            modified("r", "reversed", hausdorff_m=0.0),
            modified(
                "d", "redrawn", mean_offset_m=4.0, max_offset_m=18.2, max_offset_at=(46.1, 39.45)
            ),
            Change(
                "m",
                "modified",
                (point("m", 46.0, 39.0),),
                (point("m", 46.1, 39.0),),
                aspects=("geometry",),
                geometry_class="moved",
                evidence=Evidence(distance_m=8656.4, bearing_deg=89.97),
            ),
            modified(
                "o",
                "rerouted",
                length_base_m=17_189.4,
                length_target_m=20_487.3,
                length_delta_m=3297.9,
                kept_m=0.0,
                kept_target_m=0.0,
                removed_m=17_189.4,
                added_m=20_487.3,
                hausdorff_m=5560.25,
                frechet_m=5560.25,
                mean_offset_m=2780.0,
                max_offset_m=5560.25,
                max_offset_at=(46.1, 39.45),
            ),
            Change(
                "s",
                "split",
                (line("s", ROAD),),
                (line("s1", ROAD[:2]), line("s2", ROAD[1:])),
                parts=("s1", "s2"),
            ),
            Change(
                "g",
                "merged",
                (line("g1", ROAD[:2]), line(7, ROAD[1:])),
                (line("g", ROAD),),
                parents=("g1", 7),
            ),
            Change("n", "renamed", (line("n", ROAD),), (line("n2", ROAD),), new_id="n2"),
            Change(
                None,
                "modified",
                (Feature(None, {"a": 1}, None),),
                (Feature(None, {"a": None}, None),),
                aspects=("properties",),
                properties={"a": PropertyChange(1, None)},
            ),
        ),
        unchanged=0,
    )


def same() -> Diff:
    """No difference."""
    side = SideInfo("zone", "zone", "2024-06-12")
    return Diff(side, side, 25.0, (), 3)


HOSTILE = (
    "a|b`c*d_e<script>&amp;[x](javascript:1)\n# h\x1b[2J\u202e @team https://x.org www.x.org #12"
)


def hostile() -> Diff:
    """Every text from outside tries to be something else."""
    named = point(HOSTILE, 46.0, 39.0, name=HOSTILE, status=HOSTILE)
    section = Section("added", 0.0, 1000.0, 1000.0, (46.0, 39.5), (46.1, 39.5), near=(HOSTILE,))
    return Diff(
        SideInfo(HOSTILE),
        SideInfo("b.geojson"),
        25.0,
        (
            Change(HOSTILE, "added", (), (named,)),
            Change(
                HOSTILE,
                "modified",
                (named,),
                (named,),
                aspects=("properties",),
                properties={HOSTILE: PropertyChange(HOSTILE, [HOSTILE])},
            ),
        ),
        unchanged=0,
        routes=(
            RouteDiff(
                HOSTILE,
                0.0,
                1000.0,
                0.0,
                0.0,
                0.0,
                1000.0,
                None,
                (section,),
                status_changes=(
                    StatusChange(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE),
                ),
            ),
        ),
        affected=(Affected(HOSTILE, HOSTILE, "entered", HOSTILE),),
        events=(Event("e", "2022-08", HOSTILE, sources=(HOSTILE,)),),
        notices=(HOSTILE,),
    )


ALL = {
    "corridor": corridor,
    "zone": zone,
    "every kind": every_kind,
    "same": same,
    "hostile": hostile,
}
