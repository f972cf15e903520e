"""Simulated workers: who they are, what they answer, when they come. Knows no platform."""
