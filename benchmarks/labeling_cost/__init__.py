"""What labels cost: strategies compared on the same headlines and the same simulated crowds."""
