"""An emulator of Toloka: its REST API on loopback, its rules, and a simulated crowd."""

from hitl_assets.emulators.toloka.server import TolokaEmulator
from hitl_assets.emulators.toloka.storage.store import StateError

__all__ = ["StateError", "TolokaEmulator"]
