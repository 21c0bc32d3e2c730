"""Git drivers: diff and merge .geojson files by feature, catalogues by version and record."""
