"""DuckDB over the files, and over both formats by its extensions, which come as Python packages."""

from importlib import import_module
from pathlib import Path

import duckdb

from values import rows_of


def files(paths: list, filter: str = "true") -> dict:
    return select("read_parquet($source)", paths, filter)


def iceberg(metadata_location: str, filter: str = "true") -> dict:
    return select("iceberg_scan($source)", metadata_location, filter, ["avro", "iceberg"])


def delta(root: str, filter: str = "true") -> dict:
    return select("delta_scan($source)", root, filter, ["delta"])


def select(source: str, words, filter: str, extensions: list = []) -> dict:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for extension in extensions:
            connection.load_extension(path_of(extension))
        relation = connection.execute(f"SELECT * FROM {source} WHERE {filter}", {"source": words})
        return rows_of(relation.to_arrow_table())


def path_of(extension: str) -> str:
    """Of the file in its package, which is made for this version of DuckDB alone."""
    package = Path(import_module(f"duckdb_extension_{extension}").__file__).parent
    return str(package / "extensions" / f"v{duckdb.__version__}" / f"{extension}.duckdb_extension")
