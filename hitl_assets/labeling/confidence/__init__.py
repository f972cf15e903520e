"""How a label's confidence comes about: calibration by items whose truth is known."""
