"""What evidence about a model is worth: how often it is used, and how often it is used wrongly."""
