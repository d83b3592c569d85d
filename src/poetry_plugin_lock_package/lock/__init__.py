"""``poetry.lock``, read as a graph of frozen values."""
