/**
 * Texts of schemas in a table of their own; beside what finds a schema stay its type and what it refers to. A text that
 * was stored whole before is kept as it is: its members are the same.
 */
export const schemaTexts = `
create table schema_texts (
  context text not null,
  schema_id integer not null,
  json text not null,
  primary key (context, schema_id)
) strict;
insert into schema_texts select context, schema_id, json from schemas;

create table schema_heads (
  context text not null,
  schema_id integer not null,
  guid text not null,
  schema_type text not null,
  schema_references text not null,
  primary key (context, schema_id)
) strict, without rowid;
insert into schema_heads
  select context, schema_id, guid, json ->> '$.schemaType',
         case when json_array_length(json, '$.references') > 0 then json -> '$.references' else '' end
  from schemas;
drop table schemas;
alter table schema_heads rename to schemas;
`
