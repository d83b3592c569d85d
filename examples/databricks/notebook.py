# Databricks notebook source
# The address of the index, with user and password in it: https://USER:PASSWORD@HOST/simple/
index = dbutils.secrets.get(scope="packages", key="index-url")

# COMMAND ----------

# MAGIC %pip install example-package==0.1.0 --index-url $index

# COMMAND ----------

dbutils.library.restartPython()

# COMMAND ----------

from example_package import report

print(report())
