"""Toloka as a labeling service: one account, its pools, tasks and answers. toloka-kit is imported here and nowhere else.

`service.py` has the verbs; each has a module of its own, over the client of `account.py`."""
