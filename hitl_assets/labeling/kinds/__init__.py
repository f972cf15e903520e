"""What a label is, a kind in each module: how an answer is read, which questions decide it, how labels are compared."""
