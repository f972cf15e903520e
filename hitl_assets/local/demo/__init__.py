"""`hitl demo`: the loop from the first commit to the dataset, and what a terminal shows of it."""
