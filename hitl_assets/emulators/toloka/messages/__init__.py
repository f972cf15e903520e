"""Messages to and from workers, and events for programs."""
