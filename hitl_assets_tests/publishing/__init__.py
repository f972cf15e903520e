"""Tests of hitl_assets/publishing.py and hitl_assets/intake.py, against emulators on loopback."""
