"""Pools: their identity and plan, what of them was changed elsewhere, how they end, and rounds of more answers."""
