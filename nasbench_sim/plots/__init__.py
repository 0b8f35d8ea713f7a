"""One figure a function; takes and returns an Axes."""
