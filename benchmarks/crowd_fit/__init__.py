"""What crowds are like, in numbers: those of real data sets beside the presets, and presets fitted to them."""
