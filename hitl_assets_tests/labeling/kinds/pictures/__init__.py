"""Tests of marks in pictures."""
