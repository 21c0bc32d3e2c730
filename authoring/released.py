"""Records of versions: what was released stays as it is, a change is a further record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from authoring.states import FactsError, Version
from pkzone import geojson
from pkzone.geojson import Feature
from pkzone.store import manifest_writer


@dataclass(frozen=True)
class Record:
    """One record of a version as the manifest will list it.

    ``withdrawn`` says why a version with a wrong date is withdrawn; empty for the others.
    """

    layer: str
    version: str
    number: int
    recorded: str
    title: str
    events: tuple[str, ...]
    path: str
    data: bytes
    features: Sequence[Feature]
    withdrawn: str = ""

    @property
    def content(self) -> tuple[bytes, str, tuple[str, ...], str]:
        """What a further record must differ in."""
        return self.data, self.title, self.events, self.withdrawn


class Released:
    """The records of earlier releases.

    Parameters
    ----------
    ledger : sequence of mapping
        The table ``facts/released.json``, one row a record.
    shipped : Path
        Folder with their files.

    Raises
    ------
    FactsError
        A file is missing, or its content is not what was released.
    """

    def __init__(self, ledger: Sequence[Mapping[str, Any]], shipped: Path) -> None:
        self._records: dict[tuple[str, str], list[Record]] = {}
        for row in ledger:
            record = _record(row, shipped)
            self._records.setdefault((record.layer, record.version), []).append(record)

    def records(
        self, layer: str, built: Sequence[Version], withdrawn: Mapping[str, str], recorded: str
    ) -> Iterator[Record]:
        """Yield every record of a layer: those released, and what the facts now say beyond.

        Parameters
        ----------
        layer : str
            Its name.
        built : sequence of Version
            Its versions by the facts of today.
        withdrawn : mapping
            Version ids that were released and are wrong, each with the reason.
        recorded : str
            Date of records that were not released yet.

        Raises
        ------
        FactsError
            A version that was released is neither built nor withdrawn, or both.
        """
        by_id = {one.id: one for one in built}
        before = {version for name, version in self._records if name == layer}
        _refuse(layer, sorted(before - set(by_id) - set(withdrawn)), "was released: withdraw it")
        _refuse(layer, sorted(set(withdrawn) - before), "is withdrawn and was never released")
        _refuse(layer, sorted(set(withdrawn) & set(by_id)), "is withdrawn and has states")
        paths: dict[bytes, str] = {}
        for version in sorted(before | set(by_id)):
            known = self._records.get((layer, version), [])
            for record in known:
                yield record
                paths.setdefault(record.data, record.path)
            if version in by_id:
                new = _built(by_id[version], known, recorded)
            else:
                reason, number = withdrawn[version], len(known) + 1
                new = replace(known[-1], number=number, recorded=recorded, withdrawn=reason)
            if not known or new.content != known[-1].content:
                yield replace(new, path=paths.setdefault(new.data, new.path))


def _record(row: Mapping[str, Any], shipped: Path) -> Record:
    path = shipped / row["path"]
    data = path.read_bytes() if path.is_file() else b""
    if f"sha256:{sha256(data).hexdigest()}" != row["hash"]:
        raise FactsError(f"{path}: is not the file that was released; restore it from git")
    return Record(
        layer=row["layer"],
        version=row["version"],
        number=row["record"],
        recorded=row["recorded"],
        title=row["title"],
        events=tuple(row["events"]),
        path=row["path"],
        data=data,
        features=geojson.parse(data, name=row["path"], ids_required=True).features,
        withdrawn=row.get("withdrawn", ""),
    )


def _built(version: Version, known: Sequence[Record], recorded: str) -> Record:
    number = len(known) + 1
    path = manifest_writer.record_path(version.layer, version.id, number)
    return Record(
        layer=version.layer,
        version=version.id,
        number=number,
        recorded=recorded,
        title=version.title,
        events=version.events,
        path=path,
        data=geojson.dumps(version.features, name=path),
        features=version.features,
    )


def _refuse(layer: str, versions: Sequence[str], reason: str) -> None:
    if versions:
        raise FactsError(f"facts/{layer}.json: version {versions[0]} {reason}")
