"""How the network is built and what flows through it."""
