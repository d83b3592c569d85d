"""A job that says which click its executors have."""

from collections.abc import Iterator
from importlib.metadata import version

from pyspark.sql import SparkSession


def find_version(rows: Iterator[int]) -> Iterator[str]:
    """The version of click where this runs."""
    yield version("click")


spark = SparkSession.builder.getOrCreate()
(found,) = spark.sparkContext.parallelize([1], numSlices=1).mapPartitions(find_version).collect()
print("click on an executor:", found)
