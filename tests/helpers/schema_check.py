"""Hold a version to the schema of its layer."""

from __future__ import annotations

from pkzone.layers import schemas
from pkzone.layers.catalogue import Version


def check_version(version: Version) -> None:
    """Refuse a version whose features do not follow their layer's schema."""
    features = version.features().features
    schemas.check(features, schemas.read_schema(version.schema_path), name=version.file)
