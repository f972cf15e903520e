"""`hitl status`: where every batch stands, and what waits for a person."""
