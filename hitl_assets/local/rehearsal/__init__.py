"""`hitl rehearse`: a project's configuration with simulated people, before any money is spent."""
