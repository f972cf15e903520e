"""hitl_assets: a Dagster asset graph that turns raw data into labeled data with people in the loop.

At this level are the nouns of Dagster, a file each, beside the rooms: whoever knows Dagster finds a thing by its name.
"""
