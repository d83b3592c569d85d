"""Wheels: how they are built, rewritten and read back."""
