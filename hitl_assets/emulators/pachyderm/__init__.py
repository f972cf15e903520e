"""A server that speaks pachd's PFS protocol on loopback: for first runs, tests, rehearsals. No production store."""

from hitl_assets.emulators.pachyderm.errors import StateError
from hitl_assets.emulators.pachyderm.server import PachydermEmulator

__all__ = ["PachydermEmulator", "StateError"]
