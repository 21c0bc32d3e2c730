"""Check files: by the rules, by what their layer asks for, and by the version before them."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from pkzone.checks.rules import code_of
from pkzone.checks.run import Checked, Finding, check_text
from pkzone.errors import GeoJSONError, PkzoneError
from pkzone.files.inputs import geojson_files
from pkzone.geojson.reader import file_name, read_bytes
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.dates import parse_version_id
from pkzone.layers.manifest import FILE_NAME
from pkzone.layers.references import refuse_frame
from pkzone.layers.schemas import Rules, read_schema

if TYPE_CHECKING:
    import pandas as pd

    from pkzone.layers.model import Layer, Version

__all__ = ["CheckResult", "Demands", "check", "check_file", "layer_demands"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check: what was found in each file.

    Attributes
    ----------
    files : tuple of Checked
        One a file, each with its findings in the order of its lines.
    """

    files: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, file by file."""
        return tuple(chain.from_iterable(one.findings for one in self.files))

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(one.errors for one in self.files)

    @property
    def warnings(self) -> int:
        """Number of warnings."""
        return sum(one.warnings for one in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types, by the schema ``pkzone.check/1``."""
        from pkzone.checks.report import to_dict

        return to_dict(self.files)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a finding: file, line, column, feature, level, code, message, remedy."""
        from pkzone.checks.report import table_of

        return table_of(self.files).to_frame()

    def __str__(self) -> str:
        from pkzone.checks.report import to_text

        return to_text(self.files)

    def __repr__(self) -> str:
        from pkzone.checks.report import summary

        return f"<CheckResult: {summary(self.files)}>"

    def _repr_html_(self) -> str:
        from pkzone.checks.report import table_of

        return table_of(self.files)._repr_html_()


def check(
    files: str | os.PathLike[str] | bytes | Sequence[str | os.PathLike[str]],
    *,
    layer: str | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> CheckResult:
    """Check GeoJSON files by strict rules, as ``pkzone check`` does; nothing is written.

    Parameters
    ----------
    files : str, os.PathLike, bytes, or a sequence of paths
        Files, folders (all ``.geojson`` below them), ``-`` for standard input; or a text in
        UTF-8, which findings call ``<bytes>``.
    layer : str, optional
        Ask for what a version of this layer of the catalogue needs: ids and its schema, and that
        no feature moves too far.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.

    Returns
    -------
    CheckResult
        All findings. A file that cannot be read is a finding too.

    Raises
    ------
    LayerNotFound
        The catalogue has no such layer.
    CatalogueError
        The layer's schema, ``sources.json`` or version before is missing or damaged.
    Unreadable
        A folder holds no such file.

    Examples
    --------
    >>> import pkzone
    >>> result = pkzone.check(b'{"type":"Point","coordinates":[39.8,146.7]}')
    >>> [finding.code for finding in result.findings]
    ['wrapped', 'swapped-coordinates']
    """
    demands = Demands()
    if layer is not None:
        known = open_catalogue(catalogue)
        demands = layer_demands(known, layer)
    if isinstance(files, bytes):
        return CheckResult((_checked(files, "<bytes>", None, **demands),))
    refuse_frame(files)
    names = [files] if isinstance(files, str | os.PathLike) else files
    paths = geojson_files([os.fspath(name) for name in names])
    return CheckResult(tuple(check_file(path, **demands) for path in paths))


class Demands(TypedDict, total=False):
    """Arguments of `check_file` for a layer of a catalogue: it, its schema, the sources to name."""

    rules: Rules
    sources: Collection[str]
    layer: Layer


def layer_demands(catalogue: Catalogue, name: str) -> Demands:
    """Return the arguments of `check_file` for a version of a layer.

    Raises
    ------
    LayerNotFound
        The catalogue has no such layer.
    CatalogueError
        Its schema or ``sources.json`` is missing or damaged.
    """
    layer = catalogue[name]
    path = layer.latest.schema_path if layer else catalogue.root / "schemas" / f"{name}.json"
    return Demands(
        rules=Rules(read_schema(path)),
        sources={str(one["id"]) for one in catalogue.sources},
        layer=layer,
    )


def check_file(
    path: str | Path,
    *,
    rules: Rules | None = None,
    sources: Collection[str] | None = None,
    layer: Layer | None = None,
) -> Checked:
    """Check a file, or standard input for ``-``; see `check_text`.

    A file that cannot be read is a finding too. One of a catalogue is held against the version
    before it, another one against the newest of the layer that is named.
    """
    name = file_name(path)
    try:
        data = read_bytes(path)
    except GeoJSONError as error:
        return Checked(name, 0, (Finding(code_of(error), name, None, None, None, error.reason),))
    return _checked(data, name, str(path), rules=rules, sources=sources, layer=layer)


def _checked(
    data: bytes,
    name: str,
    path: str | None,
    *,
    rules: Rules | None = None,
    sources: Collection[str] | None = None,
    layer: Layer | None = None,
) -> Checked:
    before = _version_before(path, layer)
    try:
        return check_text(data, name=name, rules=rules, sources=sources, before=before)
    except PkzoneError:
        if layer is not None:
            raise
        return check_text(data, name=name)  # what is wrong with its catalogue is for verify


def _version_before(path: str | None, layer: Layer | None) -> Version | None:
    """Return the version that a file follows; None where there is none, or nobody knows.

    Versions without any feature in some place are passed over.
    """
    own = None if path is None else _record_of(path)
    if own is not None and (layer is None or _is_same(own[0], layer)):
        return _before(*own)
    return _last_located(layer.versions) if layer else None


def _record_of(path: str) -> tuple[Layer, Version] | None:
    """Return the record whose file is named, and its layer."""
    own = Path(path).absolute()
    root = own.parent.parent
    try:
        stamp = (root / FILE_NAME).stat()
    except (OSError, ValueError):
        return None
    catalogue = _catalogue(root, stamp.st_mtime_ns, stamp.st_size)
    records = (
        ((one, record) for one in catalogue.layers for record in one.records) if catalogue else ()
    )
    file = own.relative_to(root).as_posix()
    return next((pair for pair in records if pair[1].file == file), None)


@lru_cache(maxsize=1)
def _catalogue(root: Path, _changed_ns: int, _size: int) -> Catalogue | None:
    """Open a catalogue once for all of its files; None where the folder holds none."""
    try:
        return Catalogue(root)
    except PkzoneError:
        return None


def _is_same(one: Layer, other: Layer) -> bool:
    """Tell whether two layers are that of one catalogue."""
    roots = {os.path.realpath(record.root) for layer in (one, other) for record in layer.records}
    return one.name == other.name and len(roots) == 1


def _before(layer: Layer, record: Version) -> Version | None:
    """Return the record that a record corrects, else the version before it."""
    own = parse_version_id(record.id)
    corrected = [one for one in layer.records if one.id == record.id and one.record < record.record]
    earlier = [one for one in layer.versions if parse_version_id(one.id) < own]
    return _last_located([*earlier, *corrected])


def _last_located(versions: Sequence[Version]) -> Version | None:
    return next((one for one in reversed(versions) if one.bbox), None)
