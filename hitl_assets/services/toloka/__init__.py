"""Toloka as we use it: one account, its pools, tasks and answers. toloka-kit is imported here and nowhere else."""
