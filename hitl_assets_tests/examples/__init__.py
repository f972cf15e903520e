"""Tests of the projects to look at."""
