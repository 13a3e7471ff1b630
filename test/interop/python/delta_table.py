"""delta-rs over the Delta log, through PyArrow and through its own engine."""

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder

from values import rows_of


def open_table(data_dir: str, table: str) -> DeltaTable:
    return DeltaTable(f"{data_dir}/lake/default/{table}/data")


def read(data_dir: str, table: str) -> dict:
    """By PyArrow, from the files and types that delta-rs names."""
    return rows_of(open_table(data_dir, table).to_pyarrow_table())


def query(data_dir: str, table: str, filter: str = "true") -> dict:
    """By delta-rs' own engine."""
    engine = QueryBuilder().register("t", open_table(data_dir, table))
    return rows_of(pa.table(engine.execute(f"SELECT * FROM t WHERE {filter}").read_all()))


def files(data_dir: str, table: str) -> list:
    return sorted(open_table(data_dir, table).file_uris())
