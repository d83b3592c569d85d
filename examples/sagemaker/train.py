"""The entry point of the job."""

from example_training import train

print(train())
