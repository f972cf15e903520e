"""Tests of hitl_assets/steps/publication.py and hitl_assets/steps/intake/changes.py, against emulators on loopback."""
