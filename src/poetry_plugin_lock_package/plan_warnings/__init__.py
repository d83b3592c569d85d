"""What a user should know before the lock package is built: warnings about a plan, as values."""
