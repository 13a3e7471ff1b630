/**
 * What the process counts, as data: names, help and labels once, values kept as plain numbers so that counting costs
 * nothing. http/ hands them to prom-client when somebody scrapes.
 */
export const metricSpecs = {
  headgate_connections: { kind: 'gauge', help: 'Open Kafka connections.', labels: [] },
  headgate_requests_total: { kind: 'counter', help: 'Kafka requests answered, by API.', labels: ['api'] },
  headgate_request_bytes_in_use: { kind: 'gauge', help: 'Bytes of requests being served.', labels: [] },
  headgate_records_accepted_total: { kind: 'counter', help: 'Records acknowledged.', labels: ['topic'] },
  headgate_bytes_accepted_total: { kind: 'counter', help: 'Bytes of record batches acknowledged, as sent.', labels: ['topic'] },
  headgate_records_rejected_total: { kind: 'counter', help: 'Records of batches refused as invalid.', labels: ['topic'] },
  headgate_produce_errors_total: { kind: 'counter', help: 'Batches refused, by Kafka error.', labels: ['error'] },
  headgate_rows_committed_total: { kind: 'counter', help: 'Rows made visible in tables.', labels: ['topic'] },
  headgate_files_committed_total: { kind: 'counter', help: 'Data files made visible in tables.', labels: ['topic'] },
  headgate_sink_restarts_total: { kind: 'counter', help: 'Times a sink started again from its table.', labels: ['topic'] },
  headgate_records_skipped_total: {
    kind: 'counter',
    help: 'Stored records that no schema fits, left out of the table.',
    labels: ['topic'],
  },
} as const satisfies { [name: string]: { kind: 'counter' | 'gauge'; help: string; labels: readonly string[] } }

export type MetricName = keyof typeof metricSpecs

/** One value per combination of label values, in the order of the spec. */
export class Metrics {
  readonly #values = new Map<MetricName, Map<string, number>>()

  add(name: MetricName, amount: number, ...labelValues: readonly string[]): void {
    const series = this.#seriesOf(name)
    const key = labelValues.join(SEPARATOR)
    series.set(key, (series.get(key) ?? 0) + amount)
  }

  set(name: MetricName, value: number, ...labelValues: readonly string[]): void {
    this.#seriesOf(name).set(labelValues.join(SEPARATOR), value)
  }

  /** Forgets the series of a topic that is gone, so that churn does not grow memory. */
  forget(labelValue: string): void {
    for (const series of this.#values.values()) series.delete(labelValue)
  }

  read(name: MetricName): { labelValues: string[]; value: number }[] {
    return [...(this.#values.get(name) ?? [])].map(([key, value]) => ({ labelValues: key === '' ? [] : key.split(SEPARATOR), value }))
  }

  #seriesOf(name: MetricName): Map<string, number> {
    const known = this.#values.get(name)
    if (known) return known
    const series = new Map<string, number>()
    this.#values.set(name, series)
    return series
  }
}

const SEPARATOR = '\u0000'
