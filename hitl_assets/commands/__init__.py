"""Commands of `hitl`, by what one does with them; cli.py has the rest. They read options, local/ does the work."""
