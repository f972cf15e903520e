"""Projects to look at, with what makes their pictures. `hitl demo` runs them; nothing else loads them."""
