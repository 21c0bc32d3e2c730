"""The version of the package, for every floor."""

__all__ = ["version"]


def version() -> str:
    """Return the version that is installed."""
    from importlib import metadata  # late: it costs more than the rest of a short command

    try:
        return metadata.version("pkzone")
    except metadata.PackageNotFoundError:
        return "0+unknown"  # a source tree that was never installed
