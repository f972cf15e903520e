"""What labels may cost: funds and caps before anybody is asked, and what a budget buys."""
