"""Where lock packages go: folders, files beside them, and indexes."""
