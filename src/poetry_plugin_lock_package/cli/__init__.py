"""The console: what `poetry lock-package` takes in and says."""
