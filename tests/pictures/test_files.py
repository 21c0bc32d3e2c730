"""Files of pictures: the same bytes every time, as wide as asked, in the colours of the maps."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue
from pkzone.maps import style
from pkzone.pictures import FORMS, picture
from tests.helpers.drawn_catalogue import feature, square, write
from tests.helpers.pages import rule_for
from tests.helpers.sheet import NUMBER, SVG, Sheet


@pytest.mark.long
def test_the_bytes_are_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "import hashlib, pkzone\n"
        "found = pkzone.picture('corridor@2022-09-01', lang='hy', dpi=60)\n"
        "for form in ('png', 'svg', 'pdf'):\n"
        "    print(hashlib.sha256(found.to_bytes(form)).hexdigest())\n"
    )
    here = [sha256(picture("corridor@2022-09-01", lang="hy", dpi=60).to_bytes(form)).hexdigest()
            for form in FORMS]  # fmt: skip
    for seed in ("1", "2"):
        settings = tmp_path / "matplotlibrc"
        settings.write_text("text.usetex: True\nfont.size: 20\nsvg.fonttype: path\n"
                            "lines.scale_dashes: True\n", encoding="utf-8")  # fmt: skip
        there = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MATPLOTLIBRC": str(settings),
                 "SOURCE_DATE_EPOCH": seed, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
        assert there.stdout.split() == here


def test_no_file_says_when_or_with_what_it_was_made(drawn: Catalogue) -> None:
    found = picture("corridor", catalogue=drawn)
    assert b"dc:date" not in found.to_bytes("svg")
    pdf = found.to_bytes("pdf")
    assert b"CreationDate" not in pdf
    assert b"Matplotlib" not in pdf
    png = io.BytesIO(found.to_bytes("png"))
    png.seek(8)
    chunks = []
    while head := png.read(8):
        length, kind = struct.unpack(">I4s", head)
        chunks.append((kind, png.read(length)))
        png.seek(4, os.SEEK_CUR)
    texts = [content for kind, content in chunks if kind in (b"tEXt", b"iTXt")]
    assert texts == [b"Title\0Corridor"]
    assert {kind for kind, _ in chunks} <= {b"IHDR", b"tEXt", b"pHYs", b"IDAT", b"IEND"}


@pytest.mark.parametrize(
    ("width_cm", "dpi", "pixels"), [(12, 100, 472), (25, 72, 709), (25.4, 96, 960)]
)
def test_a_png_is_as_wide_as_asked(
    drawn: Catalogue, width_cm: float, dpi: float, pixels: int
) -> None:
    data = picture(catalogue=drawn, width_cm=width_cm, dpi=dpi).to_bytes("png")
    assert struct.unpack(">I", data[16:20])[0] == pixels


def test_svg_and_pdf_are_as_wide_as_asked(drawn: Catalogue) -> None:
    found = picture(catalogue=drawn, width_cm=12.7)
    assert Sheet(found).root.get("width") == "360pt"
    assert re.search(rb"/MediaBox \[ ?0 0 360 ", found.to_bytes("pdf"))


def test_text_stays_text(drawn: Catalogue) -> None:
    texts = Sheet(picture(catalogue=drawn)).root.iter(f"{SVG}text")
    styles = {one.get("style", "") for one in texts}
    assert all("'DejaVu Sans', 'Verdana', sans-serif" in one for one in styles)
    assert b"/Subtype /Type0" in picture(catalogue=drawn).to_bytes("pdf")  # letters, not outlines


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_are_the_palettes(drawn: Catalogue, theme: str) -> None:
    sheet = Sheet(picture(on="2022-09-01", catalogue=drawn, theme=theme))
    palette = style.PALETTE[theme]
    paper = next(sheet.root.iter(f"{SVG}path"))
    assert f"fill: {palette['paper']}" in paper.get("style", "")

    def strokes(gid: str) -> str:
        return " ".join(one.get("style", "") for one in sheet.group(gid).iter(f"{SVG}path"))

    assert f"stroke: {palette['zone']}" in strokes("zone/core")
    assert f"stroke: {palette['route']}" in strokes("corridor/new")
    assert f"stroke: {palette['former']}" in strokes("corridor/old")


def test_patterns_follow_the_status(shipped: Catalogue) -> None:
    sheet = Sheet(picture(on="2022-09-01", width_cm=22))  # one pixel is 0.75 points
    drawn_lines = [(one, next(found for found in shipped["transport"].on("2022-09-01")
                              .features().features if f"transport/{found.id}" == one))
                   for one in sheet.ids("map") if one.startswith("transport/")]  # fmt: skip
    checked = 0
    for gid, found in drawn_lines:
        rule = rule_for("transport", found.properties, found.geometry["type"])
        if found.geometry["type"] != "LineString":
            continue
        dashes = [
            [float(number) for number in part[1].split(",")]
            for path in sheet.group(gid).iter(f"{SVG}path")
            if (part := re.search(r"stroke-dasharray: ([\d., ]+)", path.get("style", "")))
        ]
        dashes = [one for one in dashes if one != pytest.approx([1.2, 2.1])]  # what leads to towns
        wanted = [[length * 0.75 for length in stroke["dash"]]
                  for stroke in rule["strokes"] if stroke["dash"]]  # fmt: skip
        assert len(dashes) == len(wanted)
        for one, other in zip(dashes, wanted, strict=True):
            assert one == pytest.approx(other)
        checked += bool(wanted)
    assert checked > 2


def test_hatching_stays_inside_its_area(tmp_path: Path) -> None:
    layers = {"control": {"2020-11-10": [
        feature("d", square(46, 39, 0.5), kind="district", status="held")]}}  # fmt: skip
    found = pkzone.catalogue(write(tmp_path / "control", layers))
    sheet = Sheet(picture("control", catalogue=found))
    hatching, outline = list(sheet.group("control/d").iter(f"{SVG}path"))
    assert hatching.get("d", "").count("M") > 10
    edge = [float(one) for one in NUMBER.findall(outline.get("d", ""))]
    lines = [float(one) for one in NUMBER.findall(hatching.get("d", ""))]
    for start in (0, 1):
        assert min(edge[start::2]) - 0.1 <= min(lines[start::2])
        assert max(lines[start::2]) <= max(edge[start::2]) + 0.1
