"""The engine under all kinds of labels: Dawid-Skene with priors, and what goes into it."""
