"""Pools and trainings: what they look like, and their life."""
