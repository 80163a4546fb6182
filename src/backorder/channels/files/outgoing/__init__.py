"""The database as a folder of tables that `plan` and `import` read.

services -> tables (what each table holds) -> forms (CSV, XLSX, Parquet)
"""
