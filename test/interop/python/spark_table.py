"""Spark over both formats: reads, and writes as a foreign writer does. One session, and one catalog, for as long as the tool runs."""

import os
from functools import cache
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from values import from_notation, rows_of


@cache
def session() -> SparkSession:
    jars = ",".join(str(path) for path in Path(os.environ["HEADGATE_SPARK_JARS"]).glob("*.jar"))
    settings = {
        "spark.jars": jars,
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Thousands of tasks for a handful of files otherwise.
        "spark.sql.shuffle.partitions": "2",
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@cache
def catalog(data_dir: str) -> str:
    """The embedded catalog as Spark's JDBC catalog. Its tables are listed under this very name."""
    for key, value in {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".type": "jdbc",
        ".uri": f"jdbc:sqlite:{data_dir}/catalog.db",
        ".warehouse": f"file://{data_dir}/lake",
    }.items():
        session().conf.set(f"spark.sql.catalog.headgate{key}", value)
    return "headgate"


def iceberg_name(data_dir: str, table: str) -> str:
    return f"{catalog(data_dir)}.default.{table}"


def delta_name(data_dir: str, table: str) -> str:
    return f"delta.`{data_dir}/lake/default/{table}/data`"


def read_iceberg(data_dir: str, table: str, filter: str = "true") -> dict:
    return rows_in(session().table(iceberg_name(data_dir, table)).where(filter))


def read_delta(data_dir: str, table: str, filter: str = "true") -> dict:
    return rows_in(session().sql(f"SELECT * FROM {delta_name(data_dir, table)}").where(filter))


def rows_in(frame: DataFrame) -> dict:
    return rows_of(frame.toArrow())


def append_iceberg(data_dir: str, table: str, rows: list) -> None:
    name = iceberg_name(data_dir, table)
    session().createDataFrame(from_notation(rows), session().table(name).schema).writeTo(name).append()


def append_delta(data_dir: str, table: str, rows: list) -> None:
    path = f"{data_dir}/lake/default/{table}/data"
    schema = session().read.format("delta").load(path).schema
    session().createDataFrame(from_notation(rows), schema).write.format("delta").mode("append").save(path)


def delete_iceberg(data_dir: str, table: str, filter: str) -> None:
    session().sql(f"DELETE FROM {iceberg_name(data_dir, table)} WHERE {filter}")


def delete_delta(data_dir: str, table: str, filter: str) -> None:
    session().sql(f"DELETE FROM {delta_name(data_dir, table)} WHERE {filter}")


def call_iceberg(data_dir: str, table: str, procedure: str, options: str = "") -> None:
    """A procedure of Iceberg's, like rewrite_data_files."""
    session().sql(f"CALL {catalog(data_dir)}.system.{procedure}(table => 'default.{table}'{options})")


def set_iceberg(data_dir: str, table: str, name: str, value: str) -> None:
    session().sql(f"ALTER TABLE {iceberg_name(data_dir, table)} SET TBLPROPERTIES ('{name}' = '{value}')")


def optimize_delta(data_dir: str, table: str) -> None:
    session().sql(f"OPTIMIZE {delta_name(data_dir, table)}")


def vacuum_delta(data_dir: str, table: str, retention: str = "") -> None:
    """A retention given here overrides the table's own, where the check of retentions is off."""
    session().conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false" if retention else "true")
    session().sql(f"VACUUM {delta_name(data_dir, table)} {retention}")
