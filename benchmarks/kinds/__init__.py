"""Labels that are not a class: how right and how sure they are on simulated crowds, with the peer beside them."""
