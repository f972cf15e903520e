"""A labeling project: its YAML and the files beside it, read, checked, and put together."""
