"""HTML in pieces, and a requester's own markup."""
