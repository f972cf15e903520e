"""Assignments: handed in, reviewed, listed, aggregated."""
