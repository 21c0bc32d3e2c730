"""A catalogue of another zone: nothing that is made of it speaks of the zone that ships."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.diff.page import diff_map
from pkzone.pictures.map_content import content_of
from tests.helpers.printed import ROOT
from tests.helpers.program import Run
from tests.helpers.sheet import pattern_texts

INPUTS = ROOT / "docs" / "cyprus"
#: What only the shipped zone has: places and parties, its road, the years of its lines.
OURS = re.compile(
    r"\b(?:Lachin|Ka?rabakh|Nakhchivan|Armenia|Azerbaijan|Russia|Aghdam|Goris|Shusha|Hakari|"
    r"Khankendi|Stepanakert|Baku|Yerevan|corridor|contingent|peacekeep|minist|responsib|"
    r"wedge|1991, 1994|2020-11-10|2022-0)",
    re.IGNORECASE,
)
COMMANDS = (
    "layers", "log crossings", "log zone", "show zone", "show crossings", "on 2010-01-01",
    "events", "sources", "sources crossings --features", "series zone", "series crossings",
    "at Nicosia", "at Nicosia 2010-01-01", "at 33.96,35.06 2019-01-01",
    "history crossings", "history crossings -f markdown --lang el", "history crossings -f json",
    *(f"diff crossings@2003-04-23 crossings@2018-11-12 -f {form} --affected places"
      for form in ("text", "markdown", "json", "geojson", "csv")),
    "diff crossings --each", "verify", "export crossings@2018-11-12 -f geojson -o -",
    "tag TOWNS --no-distances -o -", "story new crossings -o -",
)  # fmt: skip
# Texts of a page with those that open later; what is hidden as not of this page is not its text.
TEXTS = """() => {
  const shown = [...document.documentElement.querySelectorAll("*")]
    .filter((one) => !one.closest("script, style, [hidden]"));
  const own = (one) => [...one.childNodes].filter((part) => part.nodeType === 3)
    .map((part) => part.textContent);
  const about = ["title", "aria-label", "alt", "placeholder", "content", "label"];
  return shown.flatMap((one) => [...own(one), ...about.map((name) => one.getAttribute(name) ?? "")])
    .join("\\n");
}"""


@pytest.fixture(scope="module")
def cyprus(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    root = tmp_path_factory.mktemp("other") / "cyprus"
    title = "UN buffer zone in Cyprus"
    pkzone.init(root, title=title, languages=("en", "el", "tr"), license="CC0-1.0")
    for name in ("sources.json", "events.json"):
        shutil.copy(INPUTS / name, root / name)
    states = [(name, "1974-08-16", INPUTS / f"{name}.geojson") for name in ("zone", "places")]
    states += [("boundaries", "1974-08-16", INPUTS / "boundaries.geojson")]
    states += [("crossings", path.stem[-10:], path) for path in INPUTS.glob("crossings-*.geojson")]
    for name, day, path in sorted(states):
        new = None if name in pkzone.catalogue(root) else f"The {name}"
        pkzone.publish(
            path, catalogue=root, layer=name, valid_from=day, new_layer=new,
            title=f"State on {day}", recorded="2025-01-01",
        )  # fmt: skip
    return pkzone.catalogue(root)


def test_no_report_or_export_speaks_of_the_zone_that_ships(
    cyprus: Catalogue, in_process: Run, tmp_path: Path
) -> None:
    told = {}
    for command in COMMANDS:
        words = command.replace("TOWNS", str(INPUTS / "towns.csv")).split()
        done = in_process(*words, "--catalogue", str(cyprus.root))
        assert done.code == 0, (command, done.err)
        told[command] = done.out + done.err
    for options in (["--all", "stac"], ["zone", "-o", "zone.gpkg"], ["zone", "-o", "zone.kml"]):
        made = tmp_path / options.pop()
        assert in_process("export", *options, made, "--catalogue", cyprus.root).code == 0
        paths = filter(Path.is_file, made.rglob("*")) if made.is_dir() else [made]
        told[made.name] = "\n".join(path.read_bytes().decode("latin-1") for path in paths)
    told["manifest"] = (cyprus.root / "datapackage.json").read_text("utf-8")
    found = {what: sorted({*OURS.findall(text)}) for what, text in told.items()}
    assert {what: words for what, words in found.items() if words} == {}


def test_a_picture_calls_patterns_as_the_layers_are_called(cyprus: Catalogue) -> None:
    content = content_of(None, cyprus, "2018-11-12", "en")
    assert pattern_texts(content) == [
        "The zone",
        "Divided settlement",
        "The boundaries",
        "The crossings",
    ]
    assert OURS.findall(" ".join((content.title, *content.lines, content.credit))) == []


@pytest.mark.browser
def test_no_page_speaks_of_the_zone_that_ships(cyprus: Catalogue, open_page: Any) -> None:
    opened = open_page(pkzone.map(catalogue=cyprus))
    page = opened.page
    languages = page.locator("#pk-language option").all_inner_texts()
    assert languages == ["English", "Ελληνικά", "Türkçe"]
    assert "CYPRUS" in page.locator(".pk-label-region").all_inner_texts()
    assert {"Derinya / Deryneia", "Ledra Palace"} <= {
        text.replace("\n", " ") for text in page.locator(".pk-label").all_inner_texts()
    }
    entries = page.locator("#pk-groups li:visible").all_inner_texts()
    assert entries == ["Area", "Divided settlement", "Line", "Point"]
    assert OURS.findall(page.evaluate(TEXTS)) == []
    diff = pkzone.diff("crossings@2008-04-03", "crossings@2018-11-12", catalogue=cyprus)
    opened = open_page(diff_map(diff, catalogue=cyprus))
    assert "The zone" in opened.page.evaluate(TEXTS)  # around the crossings
    assert OURS.findall(opened.page.evaluate(TEXTS)) == []
