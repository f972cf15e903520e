"""THE STORY in its order (story), and its side rooms: lineage, what is set up once, the model, comparisons."""
