"""The state on disk, and the time that its parts share."""
