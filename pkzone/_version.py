"""The version of the package and where it came from, for every floor."""

__all__ = ["is_from_index", "version"]


def version() -> str:
    """Return the version that is installed."""
    from importlib import metadata  # late: it costs more than the rest of a short command

    try:
        return metadata.version("pkzone")
    except metadata.PackageNotFoundError:
        return "0+unknown"  # a source tree that was never installed


def is_from_index() -> bool:
    """Tell whether an installer took the package from an index, not from a folder or an address."""
    from importlib import metadata

    try:
        # PEP 610: whatever is not from an index has a record of where it came from.
        return metadata.distribution("pkzone").read_text("direct_url.json") is None
    except metadata.PackageNotFoundError:
        return False
