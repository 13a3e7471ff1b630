/** Registers a schema over HTTP and answers its id. */
export async function registerSchema(http: string, subject: string, body: { schemaType?: string; schema: string }): Promise<number> {
  const response = await fetch(`${http}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { id?: number; message?: string }
  if (answer.id === undefined) throw new Error(`${response.status}: ${answer.message}`)
  return answer.id
}

export interface Flushed {
  readonly icebergSnapshotId?: number
  readonly deltaVersion?: number
}

/** Resolves when everything acknowledged before is in the table. */
export async function flushTable(http: string, table: string, namespace = 'default'): Promise<Flushed> {
  const response = await fetch(`${http}/v1/tables/${namespace}/${table}/flush`, { method: 'POST' })
  if (!response.ok) throw new Error(`flush answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Flushed
}
