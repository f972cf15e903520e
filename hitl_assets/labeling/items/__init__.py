"""Items: the values that make them, their identity, and tasks whose answer is known."""
