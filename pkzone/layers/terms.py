"""List the terms of routes, links, events and sources, for data, maps and docs.

The schemas of the layers, the legend and panels of maps, and ``docs/data.md`` follow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

__all__ = [
    "BARRED",
    "CERTAINTIES",
    "CLASSES",
    "DIRECTIONS",
    "EVENT_KINDS",
    "IN_USE",
    "SOURCE_TYPES",
    "STATUSES",
    "TRAFFIC",
    "Status",
    "Term",
    "controller_of",
]


class Status(NamedTuple):
    """Meaning of a status of a route or link for a traveller.

    Parameters
    ----------
    word, label : str
        The value of ``status``, and what people read for it.
    who, direction, leave : str
        Who may pass, which way, and with whose permission.
    in_use : bool
        Whether traffic follows it: it then counts in lengths and chainages of its route.
    barred : bool, optional
        Whether something keeps traffic off a road that is there, which happens at a place.
    """

    word: str
    label: str
    who: str
    direction: str
    leave: str
    in_use: bool
    barred: bool = False


class Term(NamedTuple):
    """A word of a fixed list: its meaning, and its label on a map."""

    word: str
    meaning: str
    label: str = ""


_AS_STATED: Final = "both, or the one that `direction` names"

STATUSES: Final = (
    Status(
        "open",
        "open",
        "everyone may pass",
        _AS_STATED,
        "none, beyond the usual checks",
        in_use=True,
    ),
    Status(
        "restricted",
        "restricted",
        "only some may pass; `traffic` names them where a source does",
        _AS_STATED,
        "whoever holds the road, or a checkpoint on it",
        in_use=True,
        barred=True,
    ),
    Status(
        "closed",
        "closed",
        "closed to through traffic",
        "neither",
        "nobody gives it",
        in_use=False,
        barred=True,
    ),
    Status(
        "under_construction",
        "under construction",
        "being built, not yet in use",
        "neither",
        "only builders have it",
        in_use=False,
    ),
    Status(
        "complete",
        "complete but not in use",
        "finished, not yet opened",
        "neither",
        "nobody has given it yet",
        in_use=False,
    ),
    Status(
        "planned",
        "planned",
        "agreed, announced or designed, not built",
        "neither",
        "there is nothing to pass",
        in_use=False,
    ),
    Status(
        "former",
        "former",
        "the route no longer uses it; local traffic may remain",
        "not stated",
        "not stated",
        in_use=False,
    ),
    Status(
        "disused",
        "disused",
        "out of use for years",
        "neither",
        "there is no traffic to let pass",
        in_use=False,
    ),
)
"""Values of ``status`` of routes and links, from the freest down."""

IN_USE: Final = frozenset(one.word for one in STATUSES if one.in_use)
BARRED: Final = frozenset(one.word for one in STATUSES if one.barred)

TRAFFIC: Final = (
    Term("civilian", "people on journeys of their own, also those who leave for good", "civilians"),
    Term("goods", "trade and supplies that are not aid", "goods"),
    Term(
        "aid", "food, medicine and other relief, such as that of the Red Cross", "humanitarian aid"
    ),
    Term("medical", "patients, and those who take them to hospital", "patients"),
    Term("contingent", "vehicles of the peacekeeping contingent", "the contingent"),
    Term("none", "nobody passes for the time; stands alone", "none"),
)
"""Values of ``traffic``: who passed in that state, as far as a source says so."""

DIRECTIONS: Final = (
    Term("both", "both ways", "both ways"),
    Term("forward", "one way only, from `from_place` to `to_place`", "one way, as the line runs"),
    Term("backward", "one way only, from `to_place` to `from_place`", "one way, against the line"),
)
"""Values of ``direction``: which way traffic goes, where a source says so."""

EVENT_KINDS: Final = (
    Term("agreement", "something is signed, agreed, decided or set up by those whom it binds"),
    Term("movement", "troops, posts or border guards come, move or go; ground changes hands"),
    Term("traffic", "a link opens, closes or changes who may pass; patients pass again or not"),
    Term("incident", "shooting, fighting, arrest, prisoners taken or exchanged"),
    Term("aid", "relief, its convoys and centres; people who return"),
    Term("diplomacy", "talks, visits, statements, requests, orders of a court"),
    Term("context", "what explains the rest: works, plans, what happened before or elsewhere"),
)
"""Values of an event's ``kind``."""

CERTAINTIES: Final = (
    Term("agreed", "both parties say so, or a text that they signed"),
    Term("corroborated", "several publishers say so, not all of one side"),
    Term("reported", "one source says so, or one side alone"),
    Term("inferred", "nobody says so; it follows from what is reported"),
)
"""Values of ``certainty``: on whose word a feature or an event stands."""

SOURCE_TYPES: Final = (
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book",
    "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry",
    "entry-dictionary", "entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview",
    "legal_case", "legislation", "manuscript", "map", "motion_picture", "musical_score",
    "pamphlet", "paper-conference", "patent", "performance", "periodical",
    "personal_communication", "post", "post-weblog", "regulation", "report", "review",
    "review-book", "software", "song", "speech", "standard", "thesis", "treaty", "webpage",
)  # fmt: skip
"""Values of ``type`` of a source: those of CSL 1.0.2."""

CLASSES: Final = {
    "road": {"added": "new", "removed": "no longer used", "kept": "unchanged"},
    "ground": {"added": "new", "removed": "no longer covered", "kept": "unchanged"},
    "feature": {"added": "added", "removed": "removed", "kept": "unchanged"},
}
"""What people read for the parts of a difference: of roads, of ground, and of other features."""


def controller_of(properties: Mapping[str, Any]) -> str | None:
    """Return who is said to control a feature that says control on the ground; none for others.

    Examples
    --------
    >>> controller_of({"basis": "control", "controller": "Azerbaijan"})
    'Azerbaijan'
    >>> controller_of({"basis": "traffic", "controller": "Azerbaijan"}) is None
    True
    """
    controller = properties.get("controller")
    is_said = properties.get("basis") == "control" and isinstance(controller, str)
    return controller or None if is_said else None
