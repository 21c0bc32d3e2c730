"""Merge ``sources.json`` and ``events.json`` record by record; unchanged text stays as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pkzone.errors import CatalogueError, printable
from pkzone.git.conflict_markers import lines_with_markers
from pkzone.git.merge_json import ABSENT, Clash, merge_objects, same_value
from pkzone.layers.json_fields import parse_json
from pkzone.store.list_text import RecordLayout, replaced_names, spans

__all__ = ["RecordList", "merge_record_lists"]


@dataclass(frozen=True, slots=True)
class _Record:
    """One object of a list: the space before it, its text and its value."""

    gap: str
    text: str
    value: dict[str, Any]

    def with_names(self, names: Mapping[str, str]) -> _Record:
        features: dict[str, str] = {}
        listed = self.value.get("features")
        for one in listed if isinstance(listed, list) else ():
            layer, _, rest = str(one).partition("/")
            if layer in names:
                features[str(one)] = f"{names[layer]}/{rest}"
        text = replaced_names(f"[{self.text}]", {"layers": names, "features": features})[1:-1]
        return self if text == self.text else _Record(self.gap, text, json.loads(text))


class _Layout(NamedTuple):
    """How a list is laid out: space before the first record and the others, and what ends it."""

    first: str = "\n "
    gap: str = "\n "
    tail: str = "\n]\n"
    record: RecordLayout = RecordLayout()

    def text_of(self, value: Mapping[str, Any]) -> str:
        return self.record.text_of(value, self.line_end)

    @property
    def line_end(self) -> str:
        return "\r\n" if "\r\n" in self.first + self.gap + self.tail else "\n"


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of records as it is written: by id, with their texts, and how it is laid out."""

    records: dict[str, _Record]
    layout: _Layout

    @classmethod
    def of(cls, data: bytes, name: str) -> RecordList | None:
        """Return the list that a file holds; None if it holds no objects with an id each.

        Raises
        ------
        CatalogueError
            It is no JSON in UTF-8, or an id occurs twice.
        """
        value = parse_json(data, name)
        if not isinstance(value, list) or not all(map(_has_id, value)):
            return None
        text = data.decode()
        end = text.index("[") + 1
        records: dict[str, _Record] = {}
        for (start, stop), item in zip(spans(text), value, strict=True):
            if item["id"] in records:
                shown = printable(item["id"])
                raise CatalogueError(f"{name}: the id {shown} occurs twice; rename or remove one")
            gap = text[end:start].rpartition(",")[2]
            records[item["id"]] = _Record(gap, text[start:stop], item)
            end = stop
        return cls(records, _layout_of(list(records.values()), text[end:]))

    @property
    def values(self) -> dict[str, Any]:
        """The records by id."""
        return {key: one.value for key, one in self.records.items()}

    def with_names(self, names: Mapping[str, str]) -> RecordList:
        """Return events that name layers, and features of them, by their new names."""
        records = {key: one.with_names(names) for key, one in self.records.items()}
        return RecordList(records, self.layout)


def _has_id(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"] != ""


def _layout_of(records: list[_Record], tail: str) -> _Layout:
    if not records:
        return _Layout(tail=tail)
    first, gap = records[0].gap, records[min(1, len(records) - 1)].gap
    return _Layout(first, gap, tail, RecordLayout.of(records[-1].text))


def merge_record_lists(
    base: Mapping[str, Any], ours: RecordList, theirs: RecordList, *, name: str, marker_size: int
) -> tuple[bytes, list[str], bool]:
    """Return the merged file, messages, and whether there is a conflict.

    Records come in the order of ours, those that theirs added at their place there. Those that
    one side has just so keep that side's text; the layout of theirs gives way to that of ours
    where a program laid it out. What both changed is merged by member.
    """
    merged = merge_objects(base, ours.values, theirs.values)
    page = _Page(ours, theirs, ours.layout if ours.records else theirs.layout)
    what = name.rpartition("/")[2].removesuffix("s.json")
    messages = [
        f'{name}: {what} "{printable(key)}" is laid out anew, since both sides changed it'
        for key, value in merged.items()
        if not isinstance(value, Clash) and page.is_relaid(key, value)
    ]
    clashes = {key: value for key, value in merged.items() if isinstance(value, Clash)}
    if not clashes:
        return page.clean(merged).encode(), messages, False
    messages += [
        f'{name}: conflict in {what} "{printable(key)}": {clash.reason}; keep what stands on one '
        "side of the markers"
        for key, clash in clashes.items()
    ]
    return page.with_conflicts(merged, marker_size), messages, True


@dataclass(frozen=True, slots=True)
class _Page:
    """Both sides and the layout to write in."""

    ours: RecordList
    theirs: RecordList
    layout: _Layout

    def clean(self, merged: Mapping[str, Any]) -> str:
        if not merged:
            return "[" + self.ours.layout.tail.lstrip(" \t\r\n")
        texts: list[str] = []
        for key, value in merged.items():
            texts.append((self.gap(key) if texts else self.layout.first) + self.text(key, value))
        return "[" + ",".join(texts) + self.layout.tail

    def with_conflicts(self, merged: Mapping[str, Any], marker_size: int) -> bytes:
        """Return the text with markers, which need lines of their own."""
        entries = []
        for key, value in merged.items():
            sides = (value.ours, value.theirs) if isinstance(value, Clash) else (value, value)
            lead = self.gap(key).partition("\n")[2]
            entries.append(
                tuple(None if one is ABSENT else lead + self.text(key, one) for one in sides)
            )
        encoded = [(_encoded(a), _encoded(b)) for a, b in entries]
        end = self.layout.line_end.encode()
        tail = self.layout.tail if "\n" in self.layout.tail.partition("]")[0] else "\n]\n"
        return b"[" + end + end.join(lines_with_markers(encoded, marker_size)) + tail.encode()

    def gap(self, key: str) -> str:
        own = self.ours.records.get(key)
        is_first = own is not None and own is next(iter(self.ours.records.values()))
        return self.layout.gap if own is None or is_first else own.gap

    def text(self, key: str, value: Mapping[str, Any]) -> str:
        """Return the text that a side has for a value, else that of the layout."""
        for side in (self.ours, self.theirs):
            own = side.records.get(key)
            if own is not None and same_value(own.value, value):
                if side is self.theirs and own.text == side.layout.text_of(own.value):
                    break
                end = self.layout.line_end
                return own.text.replace("\r\n", "\n").replace("\n", end)
        return self.layout.text_of(value)

    def is_relaid(self, key: str, value: Mapping[str, Any]) -> bool:
        """Tell whether a record loses the layout that somebody gave it."""
        sides = [side.records[key] for side in (self.ours, self.theirs) if key in side.records]
        own = self.ours.records.get(key)
        if own is None or any(same_value(one.value, value) for one in sides):
            return False
        return own.text != self.ours.layout.text_of(own.value)


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
