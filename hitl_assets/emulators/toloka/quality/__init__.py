"""Quality control: what is observed of a worker, which rule holds, and what it does."""
