"""Pools: their identity and plan, how they end, and rounds in which more people are asked."""
