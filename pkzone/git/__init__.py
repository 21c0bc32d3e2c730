"""Git drivers: diff, merge and show .geojson files by feature."""
