"""Answers as they came: what they say, who gave them, how careful they were, which are paid."""
