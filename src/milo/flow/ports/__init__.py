"""What the flow needs from the world, one file per area."""
