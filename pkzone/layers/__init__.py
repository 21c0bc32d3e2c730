"""Read a versioned catalogue: layers, versions, references and frames."""
