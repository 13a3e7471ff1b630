/**
 * Topics, the batch index, producers and the schema registry's rows.
 *
 * `batches` is clustered by (partition, base offset), so that an append touches the end of one B-tree and a fetch
 * reads neighbours. It has no second index: `highest_timestamp_ms`, the highest time of the partition up to and
 * including this batch, grows with the offset, so a timestamp is found by bisecting the offsets. `pieces` counts the
 * batches in each piece, so that nobody ever scans the index to learn which files are still needed.
 */
export const firstTables = `
create table cluster (
  only_row integer primary key check (only_row = 1),
  cluster_id text,
  next_producer_id integer not null,
  schema_revision integer not null
) strict;
insert into cluster values (1, null, 1000, 0);

create table topics (
  topic_id text primary key,
  name text not null unique,
  partition_count integer not null,
  configs text not null,
  created_at_ms integer not null
) strict, without rowid;

create table partitions (
  partition_key integer primary key autoincrement,
  topic_id text not null,
  partition integer not null,
  log_start_offset integer not null,
  next_offset integer not null,
  highest_timestamp_ms integer not null,
  size_bytes integer not null,
  unique (topic_id, partition)
) strict;

create table pieces (
  piece_key integer primary key autoincrement,
  piece text not null unique,
  batch_count integer not null
) strict;

create table batches (
  partition_key integer not null,
  base_offset integer not null,
  last_offset integer not null,
  piece_key integer not null,
  position integer not null,
  length integer not null,
  max_timestamp_ms integer not null,
  highest_timestamp_ms integer not null,
  log_append_time_ms integer,
  primary key (partition_key, base_offset)
) strict, without rowid;

create table producers (
  partition_key integer not null,
  producer_id integer not null,
  producer_epoch integer not null,
  recent_batches blob not null,
  last_timestamp_ms integer not null,
  primary key (partition_key, producer_id)
) strict, without rowid;

create table schemas (
  context text not null,
  schema_id integer not null,
  guid text not null,
  json text not null,
  primary key (context, schema_id)
) strict;

create table schema_max_ids (
  context text primary key,
  max_id integer not null
) strict, without rowid;

create table schema_versions (
  subject text not null,
  version integer not null,
  context text not null,
  schema_id integer not null,
  is_deleted integer not null,
  created_at_ms integer not null,
  primary key (subject, version)
) strict, without rowid;

create table schema_documents (
  key text primary key,
  json text not null
) strict, without rowid;
`
