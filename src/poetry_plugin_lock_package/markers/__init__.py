"""Markers, and the sets of environments in which they hold."""
