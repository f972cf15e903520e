"""Labeling projects: one folder each."""
