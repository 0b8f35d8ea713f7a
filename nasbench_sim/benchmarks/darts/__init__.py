"""A normal and a reduction cell of a few nodes with two inputs each, as in DARTS."""
