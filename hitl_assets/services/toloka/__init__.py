"""Toloka as a labeling service. toloka-kit is imported here and nowhere else.

`service.py` has the verbs; each has a module of its own, over the client of `account.py`: one account, its pools, tasks
and answers. These are the reason why there are more than twelve files.
"""
