"""`hitl new`: the folder of a new labeling project."""
