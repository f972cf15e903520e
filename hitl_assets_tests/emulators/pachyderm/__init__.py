"""The Pachyderm emulator, through the real client over loopback."""
