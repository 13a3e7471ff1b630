/** TopicNameStrategy: the values of a topic are judged by the versions of `<topic>-value`. */
const VALUE_SUFFIX = '-value'

export function valueSubjectOf(topic: string): string {
  return `${topic}${VALUE_SUFFIX}`
}

export function keySubjectOf(topic: string): string {
  return `${topic}-key`
}

/** The topic whose values the subject judges; undefined for a subject of anything else, or of another context. */
export function topicOfValueSubject(subject: string): string | undefined {
  if (subject.startsWith(':') || !subject.endsWith(VALUE_SUFFIX) || subject.length === VALUE_SUFFIX.length) return undefined
  return subject.slice(0, -VALUE_SUFFIX.length)
}
