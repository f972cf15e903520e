"""Addresses by which people get the picture, sound or film of an item: places, and signed links. No network."""
