"""Tasks and suites: uploaded, mixed, handed out."""
