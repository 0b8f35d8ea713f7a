"""The search strategies, one module each; every module here is found and registered by itself."""
