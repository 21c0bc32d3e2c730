"""The picture that previews of a link show, beside the page."""

from __future__ import annotations

import json
import struct
from functools import partial
from pathlib import Path

import pytest

import pkzone
from pkzone.errors import BadOption
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.diff.page import diff_page
from pkzone.maps.page import page_of
from pkzone.pictures import preview
from tests.helpers.drawn_catalogue import feature, point
from tests.helpers.program import Run
from tests.maps.test_head import Head
from tests.maps.test_hostile import HOSTILE


@pytest.fixture
def run(in_process: Run, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``pkzone map --image`` on the small catalogue in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return partial(in_process, "map", "--catalogue", small_root, "--image")


def size(data: bytes) -> tuple[int, ...]:
    """Width and height of a PNG, from its header."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])


def test_it_has_the_size_of_previews_and_the_same_bytes(small: Catalogue) -> None:
    data = preview(page_of(catalogue=small)).to_bytes()
    assert size(data) == (1200, 630)
    assert preview(page_of(catalogue=small)).to_bytes() == data


def test_it_says_title_day_and_licence(small: Catalogue) -> None:
    page = page_of("corridor", catalogue=small, on="2021-01-01", title="What I drew")
    drawn = preview(page)
    assert drawn.content.title == "What I drew"
    assert drawn.content.lines == ("Map as of 1 January 2021",)
    ids = {item.gid for item in drawn.content.items}
    assert "corridor/lachin-old" in ids
    assert not [one for one in ids if one.startswith("zone/")]
    later = preview(page_of("corridor", catalogue=small, on="2022-09-01"))
    assert "corridor/lachin-new" in {item.gid for item in later.content.items}


def test_a_file_is_in_it(tmp_path: Path, small: Catalogue) -> None:
    path = tmp_path / "mine.geojson"
    one = feature("a", point(46.7, 39.8), name="Post")
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [one]}), "utf-8")
    content = preview(page_of(path, catalogue=small)).content
    assert (content.title, content.lines) == ("mine", ())
    assert [item.name for item in content.items if item.gid.endswith("/a")] == ["Post"]


def test_a_difference_has_none(small: Catalogue) -> None:
    diff = pkzone.diff("corridor@2020-11-10", "corridor", catalogue=small)
    with pytest.raises(BadOption, match="a preview shows a map"):
        preview(diff_page(diff, catalogue=small))


def test_the_command_writes_it_beside_the_page(run: Run) -> None:
    done = run(
        "-o", "a map.html", "--address", "https://example.org/maps/?v=1", "--on", "2021-01-01"
    )
    assert done.code == 0, done.err
    last = done.err.splitlines()[-1]
    assert last.startswith("pkzone: wrote a map.html (")
    assert "kB), a map.png (" in last
    assert size(Path("a map.png").read_bytes()) == (1200, 630)
    metas = Head(Path("a map.html").read_text("utf-8")).metas
    assert metas["og:image"] == "https://example.org/maps/a%20map.png"
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1200", "630")
    assert metas["twitter:card"] == "summary_large_image"


def test_without_an_address_the_page_names_no_picture(run: Run) -> None:
    assert run("-o", "map.html").code == 0
    assert "og:" not in Path("map.html").read_text("utf-8").partition("</head>")[0]
    assert Path("map.png").is_file()


def test_nothing_is_replaced_unasked(run: Run) -> None:
    Path("map.png").write_bytes(b"mine")
    done = run("-o", "map.html")
    assert done.code == 3
    assert "map.png: already exists; use --overwrite to replace it" in done.err
    assert sorted(one.name for one in Path().iterdir()) == ["map.png"]
    assert run("-o", "map.html", "--overwrite").code == 0
    assert size(Path("map.png").read_bytes()) == (1200, 630)


def test_it_needs_a_file(run: Run) -> None:
    done = run("-o", "-")
    assert (done.code, done.out) == (2, "")
    assert "--image needs a file; leave out -o -" in done.err


def test_hostile_titles_are_drawn_as_they_stand(small: Catalogue) -> None:
    data = preview(page_of(catalogue=small, title=" ".join(HOSTILE)[:500])).to_bytes()
    assert size(data) == (1200, 630)
