"""Money in numbers: amounts, caps, and what accuracy a budget buys."""
