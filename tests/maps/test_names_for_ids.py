"""No id of a feature, route, event or source of the shipped catalogue stands where people read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import pkzone
from pkzone.cli import pkzone as program
from pkzone.layers.catalogue import catalogue

PAIRS = [
    ("zone", "2022-08-25", "2022-08-30"),
    ("control", "2022-08-25", "2022-08-26"),
    ("corridor", "2022-08-25", "2022-08-30"),
    ("corridor", "2024-06-12", "2020-12-01"),
    ("sites", "2022-08-25", "2023-09-25"),
    ("transport", "2020-12-01", "2025-06-01"),
]
#: Ids that are English words, too: a kind of area and of site.
WORDS = {"core", "headquarters"}


def _ids() -> set[str]:
    shipped = catalogue()
    features = [
        feature
        for layer in shipped.layers
        for version in layer.versions
        for feature in version.features().features
    ]
    ids = {str(feature.id) for feature in features}
    ids |= {
        str(feature.properties["route"]) for feature in features if "route" in feature.properties
    }
    ids |= {event.id for event in shipped.events} | {str(one["id"]) for one in shipped.sources}
    return ids - WORDS


@pytest.fixture(scope="module")
def pattern() -> re.Pattern[str]:
    longest_first = sorted(_ids(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


def test_the_walk_would_see_an_id(pattern: re.Pattern[str]) -> None:
    told = "route stepanakert-goris: corridor/lachin-new-az, near tegh [azatutyun-2019]"
    assert pattern.findall(told) == [
        "stepanakert-goris", "lachin-new-az", "tegh", "azatutyun-2019"
    ]  # fmt: skip
    assert pattern.findall("Khankendi / Stepanakert – Goris, Armenpress 2022-08-30") == []


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize(("layer", "base", "target"), PAIRS)
def test_reports(pattern: re.Pattern[str], layer: str, base: str, target: str, form: str) -> None:
    told = pkzone.diff(f"{layer}@{base}", f"{layer}@{target}").report(form)
    assert pattern.findall(told.replace("<!-- -->", "")) == []


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize("layer", ["zone", "corridor"])
def test_histories(pattern: re.Pattern[str], layer: str, form: str) -> None:
    told = pkzone.history(layer).report(form)
    assert pattern.findall(told.replace("<!-- -->", "")) == []


@pytest.mark.parametrize("form", ["text", "markdown"])
@pytest.mark.parametrize(
    "command",
    [
        ["at", "Tegh", "2022-08-25"],
        ["at", "Lachin"],
        ["passable", "Goris", "Stepanakert", "2023-07-20"],
        ["passable", "Goris", "Stepanakert", "--from", "2022-12-01", "--to", "2023-10-01"],
        ["series", "corridor"],
        ["series", "transport", "--by", "status"],
    ],
)
def test_answers(pattern: re.Pattern[str], command: list[str], form: str) -> None:
    result = CliRunner().invoke(program, [*command, "-f", form])
    assert result.exit_code == 0, result.output
    assert pattern.findall(result.output.replace("<!-- -->", "")) == []
    assert "under_construction" not in result.output


@pytest.mark.parametrize("command", [["events"], ["log", "corridor"]])
def test_lists(pattern: re.Pattern[str], command: list[str]) -> None:
    result = CliRunner().invoke(program, command)
    assert result.exit_code == 0, result.output
    assert pattern.findall(result.output) == []


@pytest.mark.parametrize(("layer", "base", "target"), PAIRS[:3])
def test_pictures(
    pattern: re.Pattern[str], tmp_path: Path, layer: str, base: str, target: str
) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "x.svg"
    arguments = ["picture", f"{layer}@{base}", f"{layer}@{target}", "-o", str(path)]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 0, result.output
    texts = re.findall(
        r"<(?:text|title|desc)[^>]*>(.*?)</(?:text|title|desc)>", path.read_text(), re.S
    )
    assert texts
    assert [one for text in texts for one in pattern.findall(text)] == []


#: All that a reader is given: texts, also folded ones, and what a voice says of elements.
READ = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const skipped = "script, style, code, a";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT,
    (node) => (node.parentElement.closest(skipped) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  const said = [...document.querySelectorAll("[aria-label], [title], [alt], [aria-valuetext]")]
    .flatMap((one) => ["aria-label", "title", "alt", "aria-valuetext"].map((name) => one.getAttribute(name)));
  return [...texts, ...said.filter(Boolean)].join("\\n");
}"""  # noqa: E501


@pytest.mark.browser
@pytest.mark.parametrize(
    "hash_",
    [
        "", "#on=2022-08-30&tool=table", "#on=2022-08-30&tool=events",
        *(f"#on=2022-09-01&see={one}" for one in
          ("corridor/lachin-new-az", "zone/core", "control/saribaba-height", "transport/m12")),
        *(f"#on={target}&compare={base}&lang={language}"
          for base, target in (("2022-08-25", "2022-08-26"), ("2022-08-26", "2022-08-30"),
                               ("2022-08-25", "2022-08-30"), ("2022-08-25", "2023-09-20"))
          for language in ("en", "ru")),
    ],
)  # fmt: skip
def test_map(open_page: Any, shipped: Any, pattern: re.Pattern[str], hash_: str) -> None:
    told = open_page(shipped, hash_).page.evaluate(READ)
    assert len(told) > 2000
    assert pattern.findall(told) == []


#: A wide window, a frame, and a phone.
SIZES = [(1440, 900), (700, 480), (390, 844)]


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "hash_",
    ["", "#on=2022-09-01&see=zone/core", "#on=2022-08-30&compare=2022-08-26&of=corridor&lang=ru"],
)
def test_map_at_sizes(
    open_page: Any, shipped: Any, pattern: re.Pattern[str], hash_: str, size: tuple[int, int]
) -> None:
    told = open_page(shipped, hash_, size).page.evaluate(READ)
    assert len(told) > 2000
    assert pattern.findall(told) == []


@pytest.mark.browser
def test_map_of_one_layer_and_its_search(open_page: Any, pattern: re.Pattern[str]) -> None:
    opened = open_page(pkzone.map("corridor"), "#on=2022-08-30")
    opened.page.locator("#pk-query").fill("goris")
    assert opened.page.locator("#pk-found li").count()
    assert pattern.findall(opened.page.evaluate(READ)) == []


@pytest.mark.browser
@pytest.mark.parametrize(("layer", "base", "target"), PAIRS)
def test_page_of_a_difference(
    open_page: Any, pattern: re.Pattern[str], layer: str, base: str, target: str
) -> None:
    diff = pkzone.diff(f"{layer}@{base}", f"{layer}@{target}")
    told = open_page(diff.map()).page.evaluate(READ)
    assert pattern.findall(told) == []


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_page_of_a_difference_at_sizes(
    open_page: Any, pattern: re.Pattern[str], size: tuple[int, int]
) -> None:
    diff = pkzone.diff("corridor@2022-08-25", "corridor@2022-08-30")
    told = open_page(diff.map(), size=size).page.evaluate(READ)
    assert pattern.findall(told) == []
