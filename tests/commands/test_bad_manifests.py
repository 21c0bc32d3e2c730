"""Bad manifests and lists of a catalogue: one clear line, exit code 3, no traceback.

More manifests that the library refuses stand in test_layers_catalogue.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pkzone.cli import pkzone as program
from tests.conftest import EVENTS, SOURCES, manifest

Json = Any
Make = Callable[[Json], Json]


def but(**members: Json) -> Make:
    """The whole with other members."""
    return lambda package: {**package, **members}


def without(key: str) -> Make:
    return lambda package: {name: value for name, value in package.items() if name != key}


def resource(**members: Json) -> Make:
    """The manifest with other members of its first resource."""
    return lambda package: {
        **package,
        "resources": [{**package["resources"][0], **members}, *package["resources"][1:]],
    }


def first(**members: Json) -> Make:
    """A list with other members of its first item."""
    return lambda items: [{**items[0], **members}, *items[1:]]


# id: what the manifest is, what the message says
PACKAGES: dict[str, tuple[Make | bytes, str]] = {
    "no-bytes": (b"", "not valid JSON"),
    "white-space": (b"\n \n", "not valid JSON"),
    "byte-order-mark": (b'\xef\xbb\xbf{"name":"x"}', "not valid JSON"),
    "latin-1": (b'{"name":"\xe9"}', "not valid JSON"),
    "utf-16": (json.dumps(manifest()).encode("utf-16"), "not valid JSON"),
    "cut": (json.dumps(manifest()).encode()[:-40], "not valid JSON"),
    "two-values": (b"{}{}", "not valid JSON"),
    "comment": (b'{"name":"x"} // a catalogue', "not valid JSON"),
    "infinity": (b'{"name":-Infinity}', "-Infinity is not a JSON number"),
    "string": (b'"datapackage"', "must be an object"),
    "number": (b"7", "must be an object"),
    "no-title": (without("title"), "'title' is missing"),
    "title-of-numbers": (but(title=[1, 2]), "'title' is [1, 2]; it must be a text"),
    "empty-name": (but(name=""), "'name' is \"\""),
    "default-date-in-words": (but(default_date="yesterday"), "it must be a date YYYY-MM-DD"),
    "default-date-not-in-the-calendar": (but(default_date="2022-02-30"), "'default_date'"),
    "default-date-of-digits-elsewhere": (but(default_date="٢٠٢٢-٠٩-٠١"), "'default_date'"),
    "languages-text": (but(languages="en"), "'languages' is \"en\"; it must be a list"),
    "licences-text": (but(licenses="CC0-1.0"), "a list of objects"),
    "licence-without-a-name": (but(licenses=[{"title": "Free"}]), "'name' is missing"),
    "layers-object": (but(layers={"zone": {}}), "'layers' is {"),
    "layer-null": (but(layers=[None]), "layers[0]: must be an object"),
    "layer-named-as-a-path": (but(layers=[{"name": "../x", "title": "X"}]), "1 to 64 of a-z"),
    "layer-named-too-long": (but(layers=[{"name": "x" * 65, "title": "X"}]), "1 to 64 of a-z"),
    "route-beyond-a-double": (
        but(routes=[{**manifest()["routes"][0], "km": 10**400}]),
        "'km' is 1000",
    ),
    "resources-null": (but(resources=None), "'resources' is null"),
    "version-in-words": (resource(version="first"), "a date, or a date and a number"),
    "version-with-a-leading-zero": (resource(version="2020-11-10.02"), "'version'"),
    "record-fraction": (resource(record=1.5), "a whole number from 1 up"),
    "path-driver": (resource(path="/vsicurl/https://example.org"), "a path in the catalogue"),
    "schema-hidden": (resource(feature_schema=".git/config"), "a path in the catalogue"),
    "bbox-swapped": (resource(bbox=[47, 39.5, 46.4, 40]), "[west, south, east, north]"),
    "bbox-huge": (resource(bbox=[10**400, 0, 10**400, 1]), "[west, south, east, north]"),
    "events-numbers": (resource(events=[1]), "a list of different texts"),
    "hostile-name": (resource(name="\x1b[2J\u202e", version="x"), "\\x1b[2J\\u202e"),
}
EVENT_LISTS: dict[str, tuple[Make | bytes, str]] = {
    "not-json": (b"[", "not valid JSON"),
    "object": (b"{}", "must be a list [...] of events"),
    "key-twice": (b'[{"id":"a","id":"b"}]', "the key 'id' occurs twice"),
    "event-text": (b'["ceasefire"]', "event 1: must be an object"),
    "no-id": (first(id=""), "'id' is \"\""),
    "id-twice": (lambda events: [events[0], events[0]], "its id occurs twice"),
    "date-of-another-form": (first(date="10.11.2020"), "YYYY, YYYY-MM or YYYY-MM-DD"),
    "date-not-in-the-calendar": (first(date="2022-13"), "YYYY, YYYY-MM or YYYY-MM-DD"),
    "no-title": (first(title=None), "'title' is null"),
    "sources-text": (first(sources="bbc-2020"), "a list of different texts"),
}
SOURCE_LISTS: dict[str, tuple[Make | bytes, str]] = {
    "not-json": (b'[{"id":"a",}]', "not valid JSON"),
    "null": (b"null", "must be a list [...] of sources"),
    "nested-too-deep": (b"[" * 100_000, "nested too deeply"),
    "source-number": (b"[1]", "source 1: must be an object"),
    "no-id": (lambda sources: [{"title": "T"}], "'id' is missing"),
    "id-number": (first(id=2020), "'id' is 2020"),
    "id-twice": (lambda sources: [sources[0], sources[0]], "its id occurs twice"),
    "no-title": (first(title=""), "'title' is \"\""),
}
CASES = [
    pytest.param(file, whole, command, make, says, id=f"{file.partition('.')[0]}-{name}")
    for file, whole, command, cases in (
        ("datapackage.json", manifest(), ("layers",), PACKAGES),
        ("events.json", EVENTS, ("log", "corridor"), EVENT_LISTS),
        ("sources.json", SOURCES, ("sources",), SOURCE_LISTS),
    )
    for name, (make, says) in cases.items()
]


@pytest.mark.parametrize(("file", "whole", "command", "make", "says"), CASES)
def test_one_line_and_3(
    small_root: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    whole: Json,
    command: tuple[str, ...],
    make: Make | bytes,
    says: str,
) -> None:
    data = make if isinstance(make, bytes) else json.dumps(make(whole)).encode()
    (small_root / file).write_bytes(data)
    with pytest.raises(SystemExit) as ended:
        program.main([*command, "--catalogue", str(small_root)], prog_name="pkzone")
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (3, "")
    assert err.startswith(f"pkzone: error: {small_root}/{file}: ")
    assert says in err
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert "unforeseen" not in err


def test_the_whole_catalogue_is_read(small_root: Path) -> None:
    for command in (("layers",), ("log", "corridor"), ("sources",)):
        with pytest.raises(SystemExit) as ended:
            program.main([*command, "--catalogue", str(small_root)], prog_name="pkzone")
        assert ended.value.code == 0
