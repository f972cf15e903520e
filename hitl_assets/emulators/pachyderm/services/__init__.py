"""pachd's RPCs, a module for each part of its services."""
