"""The pages: lists of pools, a pool, a suite, a profile."""
