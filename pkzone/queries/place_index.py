"""Find places by any of their names: in any script, either form, without case and accents.

Loads nothing heavy, so that names can be completed in a shell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from pkzone.errors import PlaceNotFound, printable

if TYPE_CHECKING:
    from pkzone.geojson.model import Feature
    from pkzone.layers.catalogue import Catalogue
    from pkzone.layers.model import Layer

__all__ = ["STATED", "Place", "PlaceIndex", "fold"]

STATED: Final = ("inside", "corridor", "divided", "disputed", "outside", "unknown")
"""Values of ``status`` that say where a place lies; other points, such as posts, have others."""


class Place(NamedTuple):
    """A point that has a name: a feature of a layer, or a node of the catalogue.

    ``layer`` is empty for a node. ``lon`` and ``lat`` are degrees, as in the newest version that
    has it, and ``uncertainty_m`` how far they may be off. ``is_stated`` tells whether its layer
    says where it lies.
    """

    layer: str
    id: str
    name: str
    names: tuple[str, ...]
    lon: float
    lat: float
    is_stated: bool
    uncertainty_m: float | None = None

    @property
    def ref(self) -> str:
        """``layer/id``, as events name features; of a node the id alone."""
        return f"{self.layer}/{self.id}" if self.layer else self.id


class PlaceIndex:
    """The places of a catalogue by their names and ids.

    Parameters
    ----------
    places : iterable of Place
        In the order in which they are suggested.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_key: dict[str, list[Place]] = {}
        for place in self.places:
            keys = [key for name in (place.id, *place.names) for key in _keys(name)]
            for key in dict.fromkeys(keys):
                self._by_key.setdefault(key, []).append(place)

    @classmethod
    def of(cls, catalogue: Catalogue) -> PlaceIndex:
        """Read the points with a name of all layers, and the nodes.

        Names of any version count, so that an old one finds its place too.

        Raises
        ------
        CatalogueError, HashMismatch, GeoJSONError
            A file of the catalogue is missing, damaged or not GeoJSON.
        """
        found = [place for layer in catalogue.layers for place in _of_layer(layer)]
        nodes = [
            Place("", node.id, name, tuple(node.names.values()), node.lon, node.lat, False)
            for node in catalogue.nodes
            if (name := node.names.get("name"))
        ]
        return cls([*sorted(found, key=lambda place: not place.is_stated), *nodes])

    def find(self, text: str) -> Place:
        """Return the place that a name, an id or ``layer/id`` means.

        Of several, one whose layer says where it lies goes before other features, these before
        nodes.

        Raises
        ------
        PlaceNotFound
            There is none, or there are several of the same rank.
        """
        exact = [place for place in self.places if text in (place.id, place.ref)]
        hits = _foremost(exact or self._named(text))
        if len(hits) == 1:
            return hits[0]
        label = printable(text) if text.strip() else "''"
        if hits:
            refs = [f"{place.ref} ({place.name})" for place in hits]
            raise PlaceNotFound(f"{label} may be {_either(refs)}; write the id")
        if not self.places:
            raise PlaceNotFound(
                f"the catalogue has no places to find {label} among; write a point, LON,LAT"
            )
        close = [f"{place.name} ({place.id})" for place in self.suggestions(text)]
        hint = f"did you mean {_either(close)}?" if close else _listed(self.places)
        raise PlaceNotFound(f"no place is called {label}; {hint}")

    def suggestions(self, text: str, *, most: int = 3) -> tuple[Place, ...]:
        """Return the places whose names are most like a text, the best first."""
        from difflib import get_close_matches

        hits: dict[str, Place] = {}
        for wanted in _keys(text):
            parts = [key for key in self._by_key if len(wanted) > 2 and key.startswith(wanted)]
            for key in (*parts, *get_close_matches(wanted, self._by_key, n=most, cutoff=0.7)):
                for place in self._by_key[key]:
                    hits.setdefault(place.ref, place)
        return tuple(hits.values())[:most]

    def _named(self, text: str) -> list[Place]:
        """Return the places of which a text is a name, or several names with slashes between."""
        whole = self._with_key(text)
        if whole or "/" not in text:
            return whole
        parts = [self._with_key(part) for part in text.split("/")]
        return [place for place in parts[0] if all(place in part for part in parts)]

    def _with_key(self, text: str) -> list[Place]:
        hits = [place for key in _keys(text) for place in self._by_key.get(key, ())]
        return list(dict.fromkeys(hits))


def fold(text: str) -> str:
    """Return the letters and digits of a text: in Latin letters, without case and accents.

    Cyrillic and Armenian letters become the Latin ones of the usual transcription of names, so
    that a name is found in a script in which the catalogue does not have it.

    Examples
    --------
    >>> fold("Ханкенди"), fold("Khank'endi"), fold("Խանքենդի")
    ('khankendi', 'khankendi', 'khankendi')
    """
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    # Accents are marks (M), some apostrophes letters (Lm) in Unicode.
    bare = "".join(char for char in lowered if unicodedata.category(char) not in _DROPPED)
    return re.sub(r"[\W_]+", "", bare.replace("ու", "u").translate(_LATIN))


_DROPPED = {"Mn", "Mc", "Me", "Lm"}


# Each letter with its transcription; signs without a sound of their own have none.
_TRANSCRIBED = """
аa бb вv гg дd еe жzh зz иi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy
ь эe юyu яya
աa բb գg դd եe զz էe ըy թt ժzh իi լl խkh ծts կk հh ձdz ղgh ճch մm յy նn շsh ոo չch պp ջj
ռr սs վv տt րr ցts ւv փp քk օo ֆf
ıi
"""
_LATIN = str.maketrans({pair[0]: pair[1:] for pair in _TRANSCRIBED.split()})
# The schwa of Azerbaijani is typed as either.
_SCHWA = ("e", "a")


def _keys(text: str) -> Iterator[str]:
    """Yield what a text is found by: itself and each of its forms, folded."""
    for form in dict.fromkeys((text, *text.split(" / "))):
        folded = fold(form)
        yield from filter(None, dict.fromkeys(folded.replace("ə", vowel) for vowel in _SCHWA))


def _of_layer(layer: Layer) -> Iterator[Place]:
    """Yield the points with a name of a layer, if all it has are points."""
    newest = next((one for one in reversed(layer.versions) if one.feature_count), None)
    if newest is None or not all(map(_is_point, newest.features().features)):
        return
    states: dict[str, list[Feature]] = {}
    contents = {version.sha256: version for version in layer.versions}
    for version in contents.values():
        for feature in filter(_is_point, version.features().features):
            states.setdefault(str(feature.id), []).append(feature)
    for key, features in states.items():
        names = dict.fromkeys(name for feature in features for name in _names(feature))
        if names:
            yield _place(layer.name, key, tuple(names), features)


def _place(layer: str, key: str, names: tuple[str, ...], states: Sequence[Feature]) -> Place:
    """Return a place by its states, oldest first."""
    latest = states[-1]
    lon, lat = (latest.geometry or {})["coordinates"][:2]
    off_m = latest.properties.get("uncertainty_m")
    return Place(
        layer,
        key,
        next(_names(latest), names[-1]),
        names,
        lon,
        lat,
        is_stated={feature.properties.get("status") for feature in states} <= set(STATED),
        uncertainty_m=off_m if type(off_m) in (int, float) else None,
    )


def _is_point(feature: Feature) -> bool:
    geometry = feature.geometry
    return geometry is not None and geometry["type"] == "Point" and bool(geometry["coordinates"])


def _names(feature: Feature) -> Iterator[str]:
    """Yield the names of a feature: ``name``, then ``name_az`` and so on."""
    for key in sorted(feature.properties):
        value = feature.properties[key]
        if re.fullmatch(r"name(_[A-Za-z-]+)?", key) and isinstance(value, str) and value.strip():
            yield value


def _foremost(places: list[Place]) -> list[Place]:
    ranks = [(not place.is_stated, not place.layer) for place in places]
    return [place for place, rank in zip(places, ranks, strict=True) if rank == min(ranks)]


def _either(texts: list[str]) -> str:
    """Join choices: ``a, b or c``."""
    *first, last = map(printable, texts)
    return f"{', '.join(first)} or {last}" if first else last


def _listed(places: tuple[Place, ...]) -> str:
    layer = places[0].layer
    return f"pkzone show {layer} lists them" if layer else "write a point, LON,LAT"
