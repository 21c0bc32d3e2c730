"""Hold a version to the schema of its layer."""

from __future__ import annotations

from pkzone.layers.catalogue import Version
from pkzone.layers.schemas import Rules, read_schema


def check_version(version: Version) -> None:
    """Refuse a version whose features do not follow their layer's schema."""
    features = version.features().features
    Rules(read_schema(version.schema_path)).check(features, name=version.file)
