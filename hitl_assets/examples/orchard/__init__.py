"""An orchard that is drawn, so that all its fruit is known exactly."""
