import type { FastifyPluginAsync } from 'fastify'
import type { Counter, Gauge, Metric, Registry } from 'prom-client'
import { metricSpecs, type MetricName, type Metrics } from '../shared/metrics.ts'

/** `/metrics` for Prometheus. prom-client is loaded with the first scrape, so that starting does not wait for it. */
export function metricsRoutes(metrics: Metrics): FastifyPluginAsync {
  let loading: Promise<Registry> | undefined
  return async (app) => {
    app.get('/metrics', async (_request, reply) => {
      const registry = await (loading ??= promRegistry(metrics))
      return reply.type(registry.contentType).send(await registry.metrics())
    })
  }
}

async function promRegistry(metrics: Metrics): Promise<Registry> {
  const prom = await import('prom-client')
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry })
  for (const [name, { kind, help, labels }] of Object.entries(metricSpecs)) {
    const read = (): ReturnType<Metrics['read']> => metrics.read(name as MetricName)
    const options = { name, help, labelNames: [...labels], registers: [] as never[] }
    registry.registerMetric(kind === 'gauge' ? gauge(prom.Gauge, options, read) : counter(prom.Counter, options, read))
  }
  return registry
}

interface SeriesOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly registers: never[]
}

function gauge(GaugeClass: typeof Gauge, options: SeriesOptions, read: () => ReturnType<Metrics['read']>): Metric {
  return new GaugeClass({
    ...options,
    collect() {
      for (const { labelValues, value } of read()) this.labels(...labelValues).set(value)
    },
  })
}

function counter(CounterClass: typeof Counter, options: SeriesOptions, read: () => ReturnType<Metrics['read']>): Metric {
  return new CounterClass({
    ...options,
    collect() {
      this.reset()
      for (const { labelValues, value } of read()) this.labels(...labelValues).inc(value)
    },
  })
}
