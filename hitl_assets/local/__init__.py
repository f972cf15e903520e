"""The whole loop on one machine: its state directory, its processes, the demo. For a first run and for rehearsals."""
