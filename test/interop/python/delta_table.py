"""delta-rs over the Delta log, through PyArrow and through its own engine."""

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, write_deltalake

from values import from_notation, rows_of


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


def append(data_dir: str, table: str, rows: list) -> None:
    opened = open_table(data_dir, table)
    schema = pa.schema(opened.schema().to_arrow())
    write_deltalake(opened, pa.Table.from_pylist(from_notation(rows), schema=schema), mode="append")


def delete(data_dir: str, table: str, filter: str) -> None:
    open_table(data_dir, table).delete(filter)


def compact(data_dir: str, table: str) -> dict:
    return open_table(data_dir, table).optimize.compact()


def vacuum(data_dir: str, table: str, retention_hours: int | None = None, full: bool = True) -> list:
    """Which files went. A retention given here overrides the table's own; a full vacuum lists files, another one the log."""
    enforced = retention_hours is None
    return open_table(data_dir, table).vacuum(retention_hours, dry_run=False, enforce_retention_duration=enforced, full=full)


def checkpoint(data_dir: str, table: str) -> None:
    opened = open_table(data_dir, table)
    opened.create_checkpoint()
    opened.cleanup_metadata()
