"""Prices, bills and bonuses."""
