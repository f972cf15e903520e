"""hitl_assets: a Dagster asset graph that turns raw data into labelled data with people in the loop."""
