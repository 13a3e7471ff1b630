/** Every scenario: what it measures, in a line, and whether a run without names includes it. */
export const scenarioSpecs = {
  start: { summary: 'from the start of the process to its ready line; memory at rest', isDefault: true },
  'ingest-avro': { summary: 'Avro records, validated, into committed Iceberg, beside the limit', isDefault: true },
  'ingest-json': { summary: 'the same with JSON Schema', isDefault: true },
  'ingest-protobuf': { summary: 'the same with Protobuf', isDefault: true },
  'ingest-growth': { summary: 'the cost of a record in the tenth round beside the first', isDefault: true },
  raw: { summary: 'durable 1 KiB records without a schema, beside the disk itself', isDefault: true },
  fetch: { summary: 'the same log read back by consumers', isDefault: true },
  latency: { summary: 'acknowledgements at half of the highest rate, and when records are visible', isDefault: true },
  registry: { summary: 'schemas read by id, and registered once more, over HTTP', isDefault: true },
  'registry-size': { summary: 'what a full registry adds to the start and to memory; listings of its subjects', isDefault: true },
  lanes: { summary: 'what of the cost above the limit is the hand-over between threads', isDefault: false },
  soak: { summary: 'memory under full load for --minutes', isDefault: false },
} as const satisfies { [name: string]: { summary: string; isDefault: boolean } }

export type ScenarioName = keyof typeof scenarioSpecs

export const scenarioNames = Object.keys(scenarioSpecs) as ScenarioName[]
