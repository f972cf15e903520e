"""What a worker answers: what is right, where they err, how they fill in a page."""
