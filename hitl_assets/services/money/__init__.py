"""What labels may cost: funds, caps, and the guard of open pools. Only services that are paid enter."""
