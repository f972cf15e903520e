"""docs/tutorial.md, as somebody goes through it."""
