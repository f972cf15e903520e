"""`hitl media`: the server that shows people the files of open batches, read from Pachyderm."""
