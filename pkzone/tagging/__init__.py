"""Records with a place and a date against the layers as they stood on that date."""
