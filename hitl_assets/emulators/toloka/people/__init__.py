"""The pages where people do the work: plain HTML from the server, for anybody who can reach loopback."""
