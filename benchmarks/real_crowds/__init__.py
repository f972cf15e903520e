"""Aggregation on the answers of real crowds whose truth is known."""
