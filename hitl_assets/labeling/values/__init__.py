"""Values: which an item's fields take, how they look to people, and by which key an item is known."""
