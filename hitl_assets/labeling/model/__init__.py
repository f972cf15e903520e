"""The model in the loop: when it may label, what is known of it, and how it is kept. The classifier that ships is
labeling/classifier.py: projects and stored models name it by that path."""
