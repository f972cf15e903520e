"""Servers that speak the real protocols on loopback, for first runs, tests and rehearsals. Never a production store."""
