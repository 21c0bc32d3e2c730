"""Records with a place and a date against the layers as they stood on that date."""

from __future__ import annotations

from pkzone.layers.tag.summary import LayerSummary, Summary, Tagged
from pkzone.layers.tag.tagging import sample, tag

__all__ = ["LayerSummary", "Summary", "Tagged", "sample", "tag"]
