"""What a deployment on several machines relies on."""
