"""Plain Python on records and small files: no emulator, no clock."""
