"""Programs as users of toloka-kit write them, each of its own kind. Only the address is the emulator's."""
