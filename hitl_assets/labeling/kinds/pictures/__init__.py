"""Marks in pictures: boxes and outlines, how they are read, grouped, composed and judged."""
