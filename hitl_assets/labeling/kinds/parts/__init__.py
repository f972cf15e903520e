"""What labels share that are several parts, decided apart: how parts are grouped, asked about, and put together."""
