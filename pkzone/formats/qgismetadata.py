"""The record of a version as QGIS shows it among a layer's properties (QGIS metadata, QMD)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from pkzone.formats.export_source import Subject

__all__ = ["layer_metadata"]


def layer_metadata(subject: Subject, layer: str) -> str:
    """Return title, text, dates, licences and sources of a version as QGIS metadata."""
    record = subject.record
    root = Element("qgis", version="3.22.0")
    for name, text in (
        ("identifier", str(record.get("ref", layer))),
        ("parentidentifier", ""),
        ("language", "ENG"),
        ("type", "dataset"),
        ("title", subject.title),
        ("abstract", subject.description),
    ):
        SubElement(root, name).text = clean(text)
    for licence in record.get("licenses", []):
        SubElement(root, "license").text = clean(licence["title"] or licence["name"])
    links = SubElement(root, "links")
    for source in record.get("sources", []):
        SubElement(
            links,
            "link",
            name=clean(source["title"]),
            type="WWW:LINK",
            url=clean(source["path"]),
            description="source",
            format="",
            mimeType="",
            size="",
        )
    history = f"valid from {record.get('valid_from')} to {record.get('valid_to') or 'now'}"
    SubElement(root, "history").text = clean(history)
    SubElement(root, "dates")
    SubElement(root, "fees")
    SubElement(root, "encoding")
    return tostring(root, encoding="unicode")


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(char if char.isprintable() or char in "\t\n" else " " for char in text)
