"""Hostile text is drawn literally, in every part of a picture."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import pkzone
from pkzone.errors import printable
from pkzone.layers.catalogue import Catalogue
from pkzone.pictures import FORMS, picture
from tests.helpers.drawn_catalogue import feature, line, point, square, write
from tests.helpers.sheet import SVG, Sheet

HOSTILE = [
    "$x^2$", r"$\frac{1}{0}$", r"\textbf{a} \input{/etc/passwd}", "100 $ or 200 $", "a_b^c",
    "<script>alert(1)</script>", '"><svg onload=x>', "]]><b>", "&amp; &#60;", "{{7*7}} {0} {x!r}",
    "%s %n", "\x1b[31mred\x07", "two\nlines\ttab", "a\u202eb\u2066c", "\ud800 half", "\ufffe\uffff",
    "O'Neill / \"x\"",
]  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Catalogue:
    layers = {
        "places": {
            "2020-11-10": [
                feature(
                    text,
                    point(46 + number / 10, 39 + number / 10),
                    name=text,
                    name_ru=text,
                    status=text,
                    kind="city",
                    sources=[f"s{number}"],
                )
                for number, text in enumerate(HOSTILE)
                if "\ud800" not in text
            ]
        },
        "corridor": {
            "2020-11-10": [feature("x", line((46, 39), (47, 40)), status="open", name=HOSTILE[5])]
        },
        "odd": {"2020-11-10": [feature("y", square(46, 39, 1), name=HOSTILE[0])]},
    }
    sources = [{"id": f"s{number}", "title": text, "type": "dataset"}
               for number, text in enumerate(HOSTILE)]  # fmt: skip
    return pkzone.catalogue(write(
        tmp_path / "hostile", layers, title=HOSTILE[0] + HOSTILE[11], sources=sources,
        titles={"corridor": HOSTILE[1]}, version_title=HOSTILE[6]))  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_hostile_text_is_drawn_literally(hostile: Catalogue, lang: str) -> None:
    found = picture("places", catalogue=hostile, lang=lang, width_cm=60, dpi=60)
    sheet = Sheet(found)
    shown = "\n".join(sheet.texts("labels"))
    for text in HOSTILE:
        if "\ud800" not in text:
            for part in printable(text, limit=None).split(" / "):
                assert part in shown
    spaceless = re.sub(r"\s", "", sheet.said("credits"))
    assert all(re.sub(r"\s", "", printable(one, limit=None)) in spaceless for one in HOSTILE[:4])
    assert {one.tag for one in sheet.root.iter()} & {f"{SVG}script", f"{SVG}b"} == set()
    assert {unquote(one) for one in sheet.ids("map")} >= {
        f"places/{one}" for one in HOSTILE if "\ud800" not in one}  # fmt: skip
    assert found.to_bytes("pdf").startswith(b"%PDF-")
    assert found.to_bytes("png").startswith(b"\x89PNG")


@pytest.mark.long
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles(hostile: Catalogue, text: str) -> None:
    found = picture("corridor", catalogue=hostile, title=text, dpi=60)
    shown = " ".join(printable(text, limit=None).split())
    assert " ".join(Sheet(found).texts("title")[0].split()) == shown
    for form in FORMS:
        assert found.to_bytes(form)


def test_hostile_names_of_layers_and_versions(hostile: Catalogue) -> None:
    assert Sheet(picture("corridor", catalogue=hostile)).texts("title") == [
        HOSTILE[1],
        "Map as of 10 November 2020",
        f"State since 10 November 2020: {HOSTILE[6]}",
    ]
    assert Sheet(picture(catalogue=hostile)).texts("title")[0] == r"$x^2$\x1b[31mred\x07"


def test_letters_that_the_font_lacks_are_told(drawn: Catalogue) -> None:
    found = picture("corridor", title="中 x", catalogue=drawn)
    assert found.render("png")[1] == ("DejaVu Sans lacks some letters, drawn as boxes: 中",)
    assert found.render("svg")[1] == ()
    assert "中 x" in Sheet(found).texts("title")
