"""The store: catalogues that are begun, published to and verified."""

from pkzone.layers.store.publishing import publish
from pkzone.layers.store.starting import init
from pkzone.layers.store.verifying import verify

__all__ = ["init", "publish", "verify"]
