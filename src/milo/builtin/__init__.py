"""The plug-ins that ship with Milo: one folder per kind, found by the same door as a stranger's."""
