"""What the emulator keeps on disk, and PFS's rules over it. No gRPC and no protobuf here."""
