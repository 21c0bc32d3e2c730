"""KML and GPX as other programs write them: what is kept, and what is said to be lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkzone import geojson
from pkzone.errors import AmbiguousLayer, FormatError
from pkzone.formats import engine_kml, import_
from pkzone.formats.xml_stream import Node
from tests.helpers.bad_files import GPX, KML
from tests.helpers.format_worker import worker_in_this_process


@pytest.fixture(scope="module", autouse=True)
def _in_this_process() -> Iterator[None]:
    with worker_in_this_process():
        yield


def read(folder: Path, name: str, text: str, **wish: Any) -> import_.Imported:
    (folder / name).write_text(text, encoding="utf-8")
    return import_.import_file(folder / name, **wish)


def drawn(shape: str) -> str:
    return f"<Placemark><name>a</name>{shape}</Placemark>"


POINT = "<Point><coordinates>46,39</coordinates></Point>"
LINE = "<LineString><coordinates>46,39 47,39</coordinates></LineString>"


# Folders, times, styles of KML


def test_the_folders_of_features_are_kept(tmp_path: Path) -> None:
    inner = f"<Folder><name>East</name>{drawn(POINT)}</Folder>"
    text = KML.format(
        f"<Document><name>map</name>{drawn(POINT)}<Folder><name>Posts</name><description>d"
        f"</description>{inner}{drawn(POINT)}</Folder></Document>"
    )
    imported = read(tmp_path, "a.kml", text)
    assert [one.properties.get("folder") for one in imported.features] == [
        None, "Posts/East", "Posts",
    ]  # fmt: skip
    assert imported.layers == ("map", "Posts/East", "Posts")
    assert "what is told of folders is not kept: 1 (<description>)" in imported.notices


def test_the_one_folder_of_all_is_said(tmp_path: Path) -> None:
    text = KML.format(f"<Folder><name>Posts</name>{drawn(POINT)}{drawn(LINE)}</Folder>")
    imported = read(tmp_path, "a.kml", text)
    assert all(set(one.properties) == {"name"} for one in imported.features)
    assert "the folder of all features is not kept: 1 (Posts)" in imported.notices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<TimeStamp><when>2022-08</when></TimeStamp>", {"timestamp": "2022-08"}),
        (
            "<TimeSpan><begin>2020-11-10</begin><end>2022-08-30</end></TimeSpan>",
            {"begin": "2020-11-10", "end": "2022-08-30"},
        ),
        ("<TimeSpan><begin>2020</begin></TimeSpan>", {"begin": "2020"}),
        ("<visibility>0</visibility>", {"visibility": 0}),
        ("<visibility>1</visibility><open>1</open>", {}),
        ('<ExtendedData><Data name="n"><value>007</value></Data></ExtendedData>', {"n": "007"}),
        (
            '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="n">7</SimpleData>'
            '<SimpleData name="f">7</SimpleData><SimpleData name="b">1</SimpleData>'
            '<SimpleData name="t">7</SimpleData></SchemaData></ExtendedData>',
            {"n": 7, "f": 7.0, "b": True, "t": "7"},
        ),
        # The same name twice, and a name that an element has already.
        (
            '<ExtendedData><Data name="x"><value>1</value></Data><Data name="x"><value>2</value>'
            '</Data><Data name="name"><value>b</value></Data></ExtendedData>',
            {"x": "1", "x_2": "2", "name_2": "b"},
        ),
    ],
)
def test_what_a_placemark_says(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    schema = (
        '<Schema id="s"><SimpleField name="n" type="int"/><SimpleField name="f" type="double"/>'
        '<SimpleField name="b" type="bool"/><SimpleField name="t" type="string"/></Schema>'
    )
    (feature,) = read(
        tmp_path, "a.kml", KML.format(f"<Document>{schema}{drawn(text + POINT)}</Document>")
    ).features
    assert feature.properties == {"name": "a", **expected}
    assert json.dumps(feature.properties) == json.dumps({"name": "a", **expected})


STYLES = """
<Style id="road"><LineStyle><color>7f0000ff</color><width>2</width></LineStyle>
<PolyStyle><color>ff112233</color><fill>0</fill></PolyStyle>
<IconStyle><color>ffD18802</color><Icon><href>http://127.0.0.1:1/i.png</href></Icon></IconStyle></Style>
<Style id="wide"><LineStyle><width>9</width></LineStyle></Style>
<StyleMap id="map"><Pair><key>normal</key><styleUrl>#road</styleUrl></Pair>
<Pair><key>highlight</key><styleUrl>#wide</styleUrl></Pair></StyleMap>
<StyleMap id="loop"><Pair><key>normal</key><styleUrl>#loop</styleUrl></Pair></StyleMap>
"""


@pytest.mark.parametrize(
    ("style", "shape", "expected"),
    [
        # aabbggrr: half of red, on lines only what lines have
        ("<styleUrl>#road</styleUrl>", LINE,
         {"stroke": "#ff0000", "stroke-opacity": 0.5, "stroke-width": 2}),
        ("<styleUrl>#map</styleUrl>", POINT, {"marker-color": "#0288d1"}),
        ("<styleUrl>#road</styleUrl>",
         "<Polygon><outerBoundaryIs><LinearRing><coordinates>46,39 47,39 47,40 46,39</coordinates>"
         "</LinearRing></outerBoundaryIs></Polygon>",
         {"stroke": "#ff0000", "stroke-opacity": 0.5, "stroke-width": 2, "fill": "#332211",
          "fill-opacity": 0}),
        ("<styleUrl>#road</styleUrl><Style><LineStyle><color>ff00ff00</color></LineStyle></Style>",
         LINE, {"stroke": "#00ff00", "stroke-opacity": 0.5, "stroke-width": 2}),
        ("<styleUrl>#loop</styleUrl>", LINE, {}),
        ("<styleUrl>other.kml#road</styleUrl>", LINE, {}),
    ],
)  # fmt: skip
def test_styles(tmp_path: Path, style: str, shape: str, expected: dict[str, Any]) -> None:
    text = KML.format(f"<Document>{drawn(style + shape)}{STYLES}</Document>")
    imported = read(tmp_path, "a.kml", text)
    assert imported.features[0].properties == {"name": "a", **expected}
    said = "\n".join(imported.notices)
    assert ("<Icon> of styles is not kept: 1" in said) == bool(expected)
    assert ("styles that the file does not hold: 1" in said) != bool(expected)


TRACK = """<gx:Track xmlns:gx="http://www.google.com/kml/ext/2.2"><when>2022-08-29T08:00:00Z</when>
<when>2022-08-29T09:00:00Z</when><gx:coord>46 39 900</gx:coord><gx:coord>47 39 950</gx:coord>
</gx:Track>"""


def test_the_points_of_a_track(tmp_path: Path) -> None:
    imported = read(tmp_path, "a.kml", KML.format(drawn(TRACK)))
    assert imported.features[0].properties == {
        "name": "a", "begin": "2022-08-29T08:00:00Z", "end": "2022-08-29T09:00:00Z",
    }  # fmt: skip
    said = "times of the points of tracks are not kept; --layer track_points reads them as points"
    assert f"{said}: 2 (a in line 1)" in imported.notices
    points = read(tmp_path, "a.kml", KML.format(drawn(TRACK)), layers=["track_points"]).features
    assert [(one.properties["time"], one.geometry) for one in points] == [
        ("2022-08-29T08:00:00Z", {"type": "Point", "coordinates": [46, 39, 900]}),
        ("2022-08-29T09:00:00Z", {"type": "Point", "coordinates": [47, 39, 950]}),
    ]
    names = [one.name for one in import_.layers_of(tmp_path / "a.kml")]
    assert names == ["Placemarks", "track_points"]


def test_a_track_with_fewer_times_than_points(tmp_path: Path) -> None:
    text = KML.format(drawn(TRACK.replace("<when>2022-08-29T09:00:00Z</when>", "")))
    imported = read(tmp_path, "a.kml", text)
    assert imported.features[0].properties == {"name": "a"}
    assert any("do not match their points" in notice for notice in imported.notices)


# Geometry of KML


def ring(coordinates: str) -> str:
    return f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"


def area(*rings: str) -> str:
    outer, *inner = rings
    holes = "".join(f"<innerBoundaryIs>{ring(one)}</innerBoundaryIs>" for one in inner)
    return f"<Polygon><outerBoundaryIs>{ring(outer)}</outerBoundaryIs>{holes}</Polygon>"


SQUARE = [[46, 39], [47, 39], [47, 40], [46, 39]]


@pytest.mark.parametrize(
    ("shape", "expected", "says"),
    [
        (f"<MultiGeometry>{POINT}{LINE}</MultiGeometry>",
         {"type": "GeometryCollection", "geometries": [
             {"type": "Point", "coordinates": [46, 39]},
             {"type": "LineString", "coordinates": [[46, 39], [47, 39]]}]}, ""),
        (f"<MultiGeometry>{LINE}<LineString/></MultiGeometry>",
         {"type": "MultiLineString", "coordinates": [[[46, 39], [47, 39]]]},
         "lines that cannot be drawn are left out: 1 (a in line 1: 0 positions)"),
        ("<LineString><coordinates>46,39</coordinates></LineString>", None,
         "features without a geometry that can be drawn are kept without one: 1 (a in line 1)"),
        (area("46,39 47,39 47,40"), {"type": "Polygon", "coordinates": [SQUARE]},
         "rings that are open are closed: 1 (a in line 1)"),
        (area("46,39 47,39 47,40 46,39", "46,39 47,39"),
         {"type": "Polygon", "coordinates": [SQUARE]},
         "holes that cannot be drawn are left out: 1 (a in line 1: a ring of 2 positions)"),
        (area("46,39,100 47,39 47,40 46,39"),
         {"type": "Polygon", "coordinates": [[[46, 39, 100], [47, 39], [47, 40], [46, 39, 100]]]},
         "rings end at the height that they begin at: 1 (a in line 1)"),
        (area("46,39 46,39"), None, "areas that cannot be drawn are left out: 1"),
        ("<Point><coordinates>46,39 47,39</coordinates></Point>", None,
         "points that cannot be drawn are left out: 1 (a in line 1: 2 positions)"),
        ("<LineString><coordinates>46,39,0 47,39,0</coordinates></LineString>",
         {"type": "LineString", "coordinates": [[46, 39], [47, 39]]}, ""),
        ("<LineString><altitudeMode>absolute</altitudeMode><coordinates>46,39,0 47,39,0"
         "</coordinates></LineString>",
         {"type": "LineString", "coordinates": [[46, 39, 0], [47, 39, 0]]}, ""),
        ("<LineString><coordinates>46,39,5 47,39</coordinates></LineString>",
         {"type": "LineString", "coordinates": [[46, 39, 5], [47, 39]]},
         "points without a height beside points with one: 1 (a in line 1)"),
    ],
)  # fmt: skip
def test_shapes(tmp_path: Path, shape: str, expected: Any, says: str) -> None:
    imported = read(tmp_path, "a.kml", KML.format(drawn(shape) + drawn(POINT)))
    assert imported.features[0].geometry == expected
    assert imported.features[1].geometry == {"type": "Point", "coordinates": [46, 39]}
    assert any(notice.startswith(says) for notice in imported.notices) or not says
    assert bool(says) == bool(imported.notices)


def test_truth_is_written_in_two_ways(tmp_path: Path) -> None:
    def kml(no: str) -> str:
        style = f"<Style><PolyStyle><fill>{no}</fill></PolyStyle></Style>"
        shape = area("46,39 47,39 47,40 46,39").replace(
            "<Polygon>", f"<Polygon><extrude>{no}</extrude>"
        )
        return KML.format(drawn(f"<visibility>{no}</visibility>{style}{shape}"))

    word, digit = (read(tmp_path, f"{no}.kml", kml(no)).features for no in ("false", "0"))
    assert word == digit
    assert word[0].properties["visibility"] == word[0].properties["fill-opacity"] == 0
    assert "extrude" not in word[0].properties


@pytest.mark.parametrize(
    "text",
    [
        drawn("<Point><coordinates>4<b>6</b>,39</coordinates></Point>"),
        drawn("<Point><coordinates><b/>46,39</coordinates></Point>"),
        drawn(TRACK.replace("46 39 900", "46<b>.5</b> 39 900")),
        drawn(TRACK.replace("08:00:00Z", "08:0<b>0</b>:00Z")),
        drawn("<Model><Location><longitude>4<b>6</b></longitude><latitude>39</latitude></Location>"
              "</Model>"),
        drawn(f"<TimeStamp><when>202<b>2</b></when></TimeStamp>{POINT}"),
        drawn(f"<visibility>0<b/></visibility>{POINT}"),
    ],
)  # fmt: skip
def test_elements_where_only_text_belongs(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError, match=r"line \d: <\w+> holds an element <b>.*fix it"):
        read(tmp_path, "a.kml", KML.format(text))


def test_markup_in_text_for_people_is_said(tmp_path: Path) -> None:
    text = KML.format(f"<Placemark><name>old <b>post</b> 7</name>{POINT}</Placemark>")
    imported = read(tmp_path, "a.kml", text)
    assert imported.features[0].properties == {"name": "old post 7"}
    said = "elements within text are left out, their text is kept: 1 (<name>)"
    assert said in imported.notices


def test_ids_of_kml(tmp_path: Path) -> None:
    """GDAL writes its layer's name and a number where a feature has no id."""
    marks = "".join(f'<Placemark id="{one}">{POINT}</Placemark>' for one in ("_24-1.1", "_24-1.2"))
    text = KML.format(f'<Document id="_24-1"><name>24-1</name>{marks}</Document>')
    imported = read(tmp_path, "a.kml", text)
    assert [(one.id, one.properties) for one in imported.features] == [(None, {}), (None, {})]
    other = read(tmp_path, "a.kml", text.replace("<Document id", "<Document x"))
    assert [one.id for one in other.features] == ["_24-1.1", "_24-1.2"]


def test_what_is_no_placemark_is_said(tmp_path: Path) -> None:
    overlay = "<GroundOverlay><name>x</name></GroundOverlay>"
    text = KML.format(
        f"<Document><NetworkLink/>{overlay}{overlay}{drawn(POINT + '<Region/>')}</Document>"
    )
    assert read(tmp_path, "a.kml", text).notices == (
        "its network links are not followed: 1",
        "its <GroundOverlay> are not read: 2",
        "<Region> is not kept: 1",
    )


def test_each_element_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the folders are four times the elements: the file is read but once."""
    ended = []

    class Spy(engine_kml._Document):
        def ended(self, node: Node, around: list[str]) -> bool:
            ended.append(node.name)
            return super().ended(node, around)

    monkeypatch.setattr(engine_kml, "_Document", Spy)
    counts = []
    for folders in (50, 200):
        body = "".join(f"<Folder><name>f{i}</name>{drawn(POINT)}</Folder>" for i in range(folders))
        assert len(read(tmp_path, f"{folders}.kml", KML.format(body)).features) == folders
        counts.append(len(ended))
        ended.clear()
    assert counts == [150, 600]  # a Placemark, its name and its folder's


# GPX

TRIP = GPX.format(
    "<metadata><name>Patrol</name><author><name>B</name></author></metadata>"
    '<wpt lat="39" lon="46"><ele>1850.5</ele><time>2022-08-29T06:10:10Z</time><name>Halt</name>'
    '<sat>7</sat><hdop>1.5</hdop><link href="https://example.org"><text>t</text></link></wpt>'
    '<rte><name>Plan</name><rtept lat="39" lon="46"><name>R1</name></rtept>'
    '<rtept lat="39.5" lon="46.5"/></rte>'
    '<trk><name>Day</name><trkseg><trkpt lat="39" lon="46"><ele>900</ele>'
    "<time>2022-08-29T10:00:00+04:00</time><extensions><hr>80</hr></extensions></trkpt>"
    '<trkpt lat="39.5" lon="46.5"/></trkseg><trkseg><trkpt lat="40" lon="47"/></trkseg>'
    '<trkseg/><trkseg><trkpt lat="40" lon="47"/><trkpt lat="41" lon="47">'
    "<time>2022-08-29T12:00:00+04:00</time></trkpt></trkseg></trk>"
    '<trk><name>Lost</name><trkseg><trkpt lat="39" lon="46"/></trkseg></trk>'
)


def test_a_gpx(tmp_path: Path) -> None:
    imported = read(tmp_path, "a.gpx", TRIP)
    halt, plan, day, lost = imported.features
    assert halt.properties == {
        "time": "2022-08-29T06:10:10Z", "name": "Halt", "sat": 7, "hdop": 1.5,
        "link1_href": "https://example.org", "link1_text": "t",
    }  # fmt: skip
    assert halt.geometry == {"type": "Point", "coordinates": [46, 39, 1850.5]}
    assert plan.properties == {"name": "Plan"}
    assert day.properties == {
        "name": "Day", "begin": "2022-08-29T10:00:00+04:00", "end": "2022-08-29T12:00:00+04:00",
    }  # fmt: skip
    assert day.geometry == {
        "type": "MultiLineString",
        "coordinates": [[[46, 39, 900], [46.5, 39.5]], [[47, 40], [47, 41]]],
    }
    assert (lost.properties["name"], lost.geometry) == ("Lost", None)
    assert imported.notices == (
        "metadata of the file are not kept: 2 (<name>, <author>)",
        "name of the points of routes is not kept; --layer route_points reads them as points: 1",
        "lines of one point are left out: 2 (track Day, part 2, track Lost, part 1)",
        "points without a height beside points with one: 3 (track Day)",
        "hr of the points of tracks is not kept; --layer track_points reads them as points: 1",
        "time of the points of tracks is not kept; --layer track_points reads them as points: 2",
        "features without a line are kept without a geometry: 1 (track Lost)",
        "3 layers are read as one: waypoints, routes, tracks",
    )


def test_the_points_of_a_gpx(tmp_path: Path) -> None:
    points = read(tmp_path, "a.gpx", TRIP, layers=["track_points"]).features
    assert [(one.geometry or {})["coordinates"] for one in points] == [
        [46, 39, 900], [46.5, 39.5], [47, 40], [47, 40], [47, 41], [46, 39],
    ]  # fmt: skip
    assert points[0].properties == {
        "track_fid": 0, "track_name": "Day", "track_seg_id": 0, "track_seg_point_id": 0,
        "time": "2022-08-29T10:00:00+04:00", "hr": 80,
    }  # fmt: skip
    assert points[5].properties["track_fid"] == 1
    (first, second) = read(tmp_path, "a.gpx", TRIP, layers=["route_points"]).features
    assert (first.properties["name"], second.properties["name"]) == ("R1", None)
    assert second.properties["route_point_id"] == 1
    names = [one.name for one in import_.layers_of(tmp_path / "a.gpx")]
    assert names == ["waypoints", "routes", "tracks", "route_points", "track_points"]
    with pytest.raises(AmbiguousLayer, match=r"no layer points; .* it has: .*track_points"):
        import_.import_file(tmp_path / "a.gpx", layers=["points"])


def test_a_missing_height_stops_no_other_use(tmp_path: Path) -> None:
    imported = read(tmp_path, "a.gpx", TRIP)
    assert b"[[[46,39,900],[46.5,39.5]],[[47,40],[47,41]]]" in imported.to_bytes()
    assert list(imported.frame().has_z) == [True, False, True, False]


@pytest.mark.parametrize("height", ["high", "nan", "1e999"])
def test_a_height_that_is_no_number(tmp_path: Path, height: str) -> None:
    text = GPX.format(f'<wpt lat="39" lon="46"><ele>{height}</ele></wpt>')
    imported = read(tmp_path, "a.gpx", text)
    assert imported.features[0].geometry == {"type": "Point", "coordinates": [46, 39]}
    assert "heights that are no number are left out: 1 (line 1)" in imported.notices


@pytest.mark.parametrize("name", ["ele", "time"])
def test_elements_where_only_text_belongs_in_gpx(tmp_path: Path, name: str) -> None:
    text = GPX.format(f'<wpt lat="39" lon="46"><{name}>9<b/>00</{name}></wpt>')
    with pytest.raises(FormatError, match=f"<{name}> holds an element <b>"):
        read(tmp_path, "a.gpx", text)


# No format makes up ids


@pytest.mark.parametrize("name", ["csv", "gpx", "kml", "kmz", "shp", "zip", "fgb", "gpkg"])
def test_a_round_trip_makes_up_no_ids(tmp_path: Path, name: str) -> None:
    from pkzone.formats.export import export

    source = tmp_path / "2024-05-01.geojson"
    features = [
        geojson.Feature(None, {"kind": "post"}, {"type": "Point", "coordinates": [46 + i, 39]})
        for i in range(3)
    ]
    source.write_bytes(geojson.dumps(features))
    target = tmp_path / f"out.{name}"
    export(source, target)
    assert import_.import_file(target).to_bytes() == source.read_bytes()
