"""The store: catalogues that are begun, published to and verified."""
