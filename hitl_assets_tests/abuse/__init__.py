"""What a person can do in Dagster's UI, done at each stage of a batch."""
