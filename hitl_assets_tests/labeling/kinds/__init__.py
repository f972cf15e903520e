"""What a label is."""
