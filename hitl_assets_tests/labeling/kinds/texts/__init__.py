"""Tests of spans, and of texts."""
