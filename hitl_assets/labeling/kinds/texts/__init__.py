"""What people say of texts and write: spans, and texts of their own."""
