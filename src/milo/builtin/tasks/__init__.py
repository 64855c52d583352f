"""Task types: one file for each way of asking."""
