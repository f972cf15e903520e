"""What we rely on from the real services, by address: the emulators' by default, a real one on request."""
