"""The protocol: messages, and which pachd the emulator looks like."""
