/** What the registry takes and answers, the preferred one first. */
export const answerTypes = ['application/vnd.schemaregistry.v1+json', 'application/vnd.schemaregistry+json', 'application/json'] as const
export type AnswerType = (typeof answerTypes)[number]

/** Bodies may also come as plain bytes: they are JSON all the same. */
export const bodyTypes = [...answerTypes, 'application/octet-stream'] as const

/** The type that a client likes best; undefined when it takes none of them. */
export function acceptedType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept === '*/*' || accept === '') return answerTypes[0]
  // Clients send one and the same header with every request.
  const known = remembered.get(accept)
  if (known !== undefined) return known ?? undefined
  const best = bestType(accept)
  if (remembered.size < REMEMBERED_MAX) remembered.set(accept, best ?? null)
  return best
}

const remembered = new Map<string, AnswerType | null>()
const REMEMBERED_MAX = 100

function bestType(accept: string): AnswerType | undefined {
  const ranges = accept.toLowerCase().split(',').map(mediaRange)
  const wishes = answerTypes.map((type) => ({ type, quality: qualityOf(type, ranges) })).filter(({ quality }) => quality > 0)
  // The sort is stable: of types that are liked as much, the one we prefer.
  return wishes.sort((a, b) => b.quality - a.quality)[0]?.type
}

interface MediaRange {
  readonly type: string
  readonly quality: number
}

function mediaRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 }
}

/** The most specific range that covers the type decides. */
function qualityOf(type: AnswerType, ranges: readonly MediaRange[]): number {
  for (const wanted of [type, 'application/*', '*/*', '*']) {
    const range = ranges.find((candidate) => candidate.type === wanted)
    if (range) return range.quality
  }
  return 0
}
