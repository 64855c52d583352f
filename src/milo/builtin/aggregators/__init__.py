"""The aggregators that ship with Milo."""
