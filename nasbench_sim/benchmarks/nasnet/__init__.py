"""A normal and a reduction cell of five blocks, as NASNet's controller writes them."""
