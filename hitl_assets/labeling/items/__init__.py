"""Items: what a commit brought, and tasks whose answer is known."""
