"""Which locked packages are pinned, and how."""
