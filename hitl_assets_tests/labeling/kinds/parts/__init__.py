"""Tests of labels that are several parts."""
