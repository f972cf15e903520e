"""Tests of hitl_assets/services, against emulators on loopback."""
