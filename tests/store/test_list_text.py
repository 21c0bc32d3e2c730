"""Edits of the text of a JSON list: what stands in it stays, what is new looks like the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkzone.store.list_text import inserted, replaced_names

Records = list[dict[str, Any]]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.builds(
    lambda id_, rest: {"id": id_, **rest}, TEXTS, st.dictionaries(TEXTS, VALUES, max_size=3)
)


def dumped(**options: Any) -> Callable[[Records], str]:
    return lambda records: json.dumps(records, ensure_ascii=False, **options)


def a_line_each(records: Records) -> str:
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in records)
    return f"[\n{lines}\n]\n"


def comma_first(records: Records) -> str:
    lines = "\n, ".join(json.dumps(one, ensure_ascii=False) for one in records)
    return f"[ {lines}\n]"


def with_crlf(records: Records) -> str:
    return json.dumps(records, ensure_ascii=False, indent=2).replace("\n", "\r\n") + "\r\n"


LAYOUTS = {
    "as pkzone writes": lambda records: dumped(indent=1)(records) + "\n",
    "four blanks": dumped(indent=4),
    "tabs": dumped(indent="\t"),
    "no line ends": dumped(),
    "no blanks": dumped(separators=(",", ":")),
    "blank before the end": lambda records: "\n \t" + dumped()(records)[:-1] + "  ] \n\n",
    "a line each": a_line_each,
    "a comma first": comma_first,
    "line ends of Windows": with_crlf,
}
EMPTY = ("[]", "[]\n", "[ ]", "[\n]\n", "[\r\n]\r\n", " [\n\n  ]", "\t[]")


@pytest.mark.parametrize("layout", LAYOUTS)
@given(records=st.lists(RECORDS, min_size=2, max_size=4), new=RECORDS)
def test_a_new_record_looks_as_if_it_had_been_there(
    layout: str, records: Records, new: dict[str, Any]
) -> None:
    write = LAYOUTS[layout]
    assert inserted(write(records), new) == write([*records, new])


@pytest.mark.parametrize("layout", LAYOUTS)
@given(records=st.lists(RECORDS, min_size=1, max_size=4), new=RECORDS)
def test_what_stands_before_and_after_stays(
    layout: str, records: Records, new: dict[str, Any]
) -> None:
    text = LAYOUTS[layout](records)
    end = text.rindex("}") + 1  # of the last record: a list closes with a bracket
    result = inserted(text, new)
    assert result.startswith(text[:end])
    assert result.endswith(text[end:])
    assert json.loads(result) == [*records, new]


@pytest.mark.parametrize("text", EMPTY)
@given(first=RECORDS, second=RECORDS)
def test_an_empty_list(text: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    begin = text.index("[") + 1
    result = inserted(text, first)
    assert result.startswith(text[:begin])
    assert result.endswith(text[begin:])
    assert json.loads(result) == [first]
    assert ("\r\n" in result) == ("\r\n" in text)
    assert json.loads(inserted(result, second)) == [first, second]


def test_a_list_with_one_record_on_the_line_of_its_bracket() -> None:
    assert inserted('[{\n  "id": "a"\n}]', {"id": "b", "n": [1]}) == (
        '[{\n  "id": "a"\n}, {\n  "id": "b",\n  "n": [\n    1\n  ]\n}]'
    )


NAMES = st.sampled_from(["a", "b", "a/b", "\u00e9", 'q"\\', "layers"])
EVENTS = st.fixed_dictionaries(
    {"id": TEXTS, "layers": st.lists(NAMES), "note": VALUES},
    optional={"features": st.lists(NAMES), "more": st.dictionaries(NAMES, st.lists(NAMES))},
)


@pytest.mark.parametrize("layout", LAYOUTS)
@given(events=st.lists(EVENTS, min_size=2, max_size=4))
def test_names_are_replaced_in_their_lists_alone(layout: str, events: Records) -> None:
    new = {"layers": {"a": "c", "\u00e9": 'x"'}, "features": {"a/b": "c/b"}}
    expected = [
        {
            key: [new[key].get(one, one) for one in value] if key in new else value
            for key, value in event.items()
        }
        for event in events
    ]
    write = LAYOUTS[layout]
    assert replaced_names(write(events), new) == write(expected)


def test_a_name_that_is_written_with_escapes_is_replaced() -> None:
    assert replaced_names(r'[{"lay\u0065rs": ["\u0061", "b"]}]', {"layers": {"a": "c"}}) == (
        r'[{"lay\u0065rs": ["c", "b"]}]'
    )
