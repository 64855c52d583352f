"""One file of routes per noun; importing a module declares its endpoints."""
