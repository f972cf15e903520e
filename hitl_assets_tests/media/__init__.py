"""The server that shows people pictures."""
