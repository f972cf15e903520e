"""From answers to labels, and from labels to one dataset."""
