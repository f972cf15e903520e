"""From answers to labels, and how sure they are: Dawid-Skene, what is known before, calibration."""
