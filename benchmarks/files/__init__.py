"""What it takes to take in a commit of many files: time, and memory beside what was there before."""
