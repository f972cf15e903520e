"""Content: cut where pachd cuts it, kept once."""
