"""Tools for those who work on this project; none of them is part of the package."""
