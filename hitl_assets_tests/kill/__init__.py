"""Killing what runs the loop, at moments that a seed chooses."""
