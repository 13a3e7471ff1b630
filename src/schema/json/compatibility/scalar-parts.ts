import type { KeywordReader } from './keyword-reader.ts'
import type { NumberPart, StringPart } from './model.ts'

/** What the keywords of strings and of numbers say. */
export function readString(keywords: KeywordReader): StringPart {
  keywords.take('string')
  const pattern = keywords.value('pattern')
  return {
    kind: 'string',
    maxLength: keywords.number('maxLength'),
    minLength: keywords.number('minLength'),
    pattern: typeof pattern === 'string' ? pattern : undefined,
  }
}

export function readNumber(keywords: KeywordReader, isInteger: boolean): NumberPart {
  keywords.take('number')
  const maximum = keywords.number('maximum')
  const minimum = keywords.number('minimum')
  return {
    kind: 'number',
    isInteger,
    maximum,
    minimum,
    // In draft 4 a flag that makes the other keyword's bound exclusive.
    exclusiveMaximum: keywords.value('exclusiveMaximum') === true ? maximum : keywords.number('exclusiveMaximum'),
    exclusiveMinimum: keywords.value('exclusiveMinimum') === true ? minimum : keywords.number('exclusiveMinimum'),
    multipleOf: keywords.number('multipleOf'),
  }
}
