"""The search strategies: a folder a family, a module a strategy."""
