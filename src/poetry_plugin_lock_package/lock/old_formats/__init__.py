"""Locks before format 2.1, which record neither groups nor markers: read as if Poetry had recorded them."""
