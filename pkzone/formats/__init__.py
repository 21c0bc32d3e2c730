"""Other formats: safe opening of files from outside, import to GeoJSON, export from it.

This package is the only place where GDAL opens a file, always in a child process: `importing` and
`exporting` are its two doors, `intake` what every file passes, `worker` the child's side.
"""
