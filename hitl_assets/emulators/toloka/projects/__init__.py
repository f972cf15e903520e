"""Projects: their specification and its versions."""
