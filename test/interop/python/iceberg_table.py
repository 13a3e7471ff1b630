"""PyIceberg over the embedded catalog: reads, and writes as a foreign writer does."""

from datetime import datetime, timedelta

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import Table

from values import from_notation, rows_of


def open_table(data_dir: str, table: str) -> Table:
    return SqlCatalog("headgate", uri=f"sqlite:///{data_dir}/catalog.db").load_table(("default", table))


def read(data_dir: str, table: str, filter: str = "", snapshot_id: int | None = None) -> dict:
    """Rows, and how many files the filter left to read."""
    words = {"row_filter": filter} if filter else {}
    scan = open_table(data_dir, table).scan(**words, snapshot_id=snapshot_id)
    return {**rows_of(scan.to_arrow()), "files": len(list(scan.plan_files()))}


def files(data_dir: str, table: str) -> list:
    """Paths of the live data files."""
    return sorted(task.file.file_path.removeprefix("file://") for task in open_table(data_dir, table).scan().plan_files())


def metadata_location(data_dir: str, table: str) -> str:
    return open_table(data_dir, table).metadata_location


def tables(data_dir: str) -> list:
    catalog = SqlCatalog("headgate", uri=f"sqlite:///{data_dir}/catalog.db")
    return sorted(".".join(name) for space in catalog.list_namespaces() for name in catalog.list_tables(space))


def append(data_dir: str, table: str, rows: list) -> None:
    opened = open_table(data_dir, table)
    opened.append(pa.Table.from_pylist(from_notation(rows), schema=opened.schema().as_arrow()))


def delete(data_dir: str, table: str, filter: str) -> None:
    """Rewrites the files that hold such rows."""
    open_table(data_dir, table).delete(filter)


def expire(data_dir: str, table: str) -> int:
    """Forgets every snapshot that nothing names; how many are left."""
    opened = open_table(data_dir, table)
    opened.maintenance.expire_snapshots().older_than(datetime.now() + timedelta(days=1)).commit()
    return len(opened.refresh().snapshots())
