"""The waits: for a commit, for people, for enough to learn from; what they remember, and whom they tell."""
