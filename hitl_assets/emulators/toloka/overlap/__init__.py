"""How many answers a task gets, and how that changes while people work."""
