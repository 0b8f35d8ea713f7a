"""One module a search strategy, one registry, one driver."""
