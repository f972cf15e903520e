"""hitl_assets: a Dagster asset graph that turns raw data into labeled data with people in the loop."""
