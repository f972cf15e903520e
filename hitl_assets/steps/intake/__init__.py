"""What a commit brings: its files, what earlier batches have, what needs nobody to be asked."""
