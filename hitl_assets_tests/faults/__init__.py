"""What goes wrong at Toloka and Pachyderm, on demand, and how loops end in spite of it."""
