import type { SchemaElement } from 'hyparquet'

/**
 * The columns of a classic checkpoint (Delta protocol, "Checkpoint Schema"), as a Parquet schema in depth-first order.
 * Every action has a group; the feature lists are null unless the protocol has table features.
 */
export const checkpointSchema: SchemaElement[] = [
  { name: 'root', num_children: 5 },
  ...group('txn', [text('appId'), long('version'), long('lastUpdated')]),
  ...group('add', [
    text('path'),
    textMap('partitionValues'),
    long('size'),
    long('modificationTime'),
    [{ name: 'dataChange', type: 'BOOLEAN', repetition_type: 'OPTIONAL' }],
    text('stats'),
  ]),
  ...group('remove', [text('path'), long('deletionTimestamp'), [{ name: 'dataChange', type: 'BOOLEAN', repetition_type: 'OPTIONAL' }]]),
  ...group('metaData', [
    text('id'),
    text('name'),
    group('format', [text('provider'), textMap('options')]),
    text('schemaString'),
    textList('partitionColumns'),
    textMap('configuration'),
    long('createdTime'),
  ]),
  ...group('protocol', [int('minReaderVersion'), int('minWriterVersion'), textList('readerFeatures'), textList('writerFeatures')]),
]

function group(name: string, members: readonly SchemaElement[][]): SchemaElement[] {
  return [{ name, repetition_type: 'OPTIONAL', num_children: members.length }, ...members.flat()]
}

function text(name: string): SchemaElement[] {
  return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }]
}

function long(name: string): SchemaElement[] {
  return [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }]
}

function int(name: string): SchemaElement[] {
  return [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }]
}

function textMap(name: string): SchemaElement[] {
  return [
    { name, converted_type: 'MAP', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
    { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'value', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ]
}

function textList(name: string): SchemaElement[] {
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ]
}
