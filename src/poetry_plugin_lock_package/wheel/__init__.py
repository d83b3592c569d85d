"""Wheels: how they are made, rewritten and read back."""
