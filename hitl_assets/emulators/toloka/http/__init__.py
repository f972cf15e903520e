"""HTTP: routes, forms, lists, errors, operations, and the control endpoint."""
