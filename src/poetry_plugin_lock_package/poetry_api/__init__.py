"""All that depends on Poetry's version or on its private parts."""
