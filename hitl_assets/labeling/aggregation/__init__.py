"""From answers to labels, and how sure they are: what is known before, the engine asked, calibration."""
