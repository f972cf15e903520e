"""Branches and commits: how they depend on each other, start, finish and go."""
