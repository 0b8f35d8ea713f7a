"""Evolution: populations, parents, children."""
