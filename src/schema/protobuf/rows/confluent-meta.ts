import { utf8Text } from '../../../shared/bytes.ts'
import type { OptionValue } from '../ast.ts'
import { wellKnownName } from '../well-known/well-known-files.ts'
import type { FieldType } from '../link/types.ts'
import type { DecimalType } from './leaf-plan.ts'
import { unsupported } from './unsupported.ts'

/**
 * What `(confluent.field_meta)` says of a field: a doc text, and parameters such as the precision and scale of a decimal.
 * Read from the option as written: it may be set in one aggregate or part by part.
 */
interface FieldMeta {
  readonly doc: string | undefined
  readonly params: ReadonlyMap<string, string>
}

export function fieldDoc(field: FieldType): string | undefined {
  return fieldMeta(field).doc
}

/** The decimal that the parameters ask for; null when they are not given. */
export function decimalTypeOf(field: FieldType, path: string): DecimalType | null {
  if (!isDecimalField(field)) return null
  const { params } = fieldMeta(field)
  const [precisionText, scaleText = '0'] = [params.get('precision'), params.get('scale')]
  if (precisionText === undefined) return null
  const [precision, scale] = [Number(precisionText), Number(scaleText)]
  const isWithinBounds = Number.isInteger(precision) && Number.isInteger(scale) && precision >= 1 && precision <= 38
  if (!isWithinBounds || scale < 0 || scale > precision)
    throw unsupported(
      path,
      `a decimal of precision ${precisionText} and scale ${scaleText}; the precision is 1 to 38 and not below the scale`,
    )
  return { kind: 'decimal', precision, scale }
}

function isDecimalField({ type, repetition }: FieldType): boolean {
  if (type.kind !== 'message') return false
  const value = repetition === 'map' ? type.message.fields[1]?.type : type
  return value?.kind === 'message' && /^(google|confluent)\.type\.Decimal$/.test(wellKnownName(value.message) ?? '')
}

function fieldMeta({ node }: FieldType): FieldMeta {
  let doc: string | undefined
  const params = new Map<string, string>()
  for (const { name, value } of node?.options ?? []) {
    const [first, second] = name
    if (!first?.isExtension || !/^\.?confluent\.field_meta$/.test(first.text)) continue
    const entries = second ? [{ name: second.text, value }] : value.kind === 'message' ? value.entries : []
    for (const entry of entries) {
      if (entry.name === 'doc') doc = textOf(entry.value)
      if (entry.name === 'params') for (const param of itemsOf(entry.value)) addParam(params, param)
    }
  }
  return { doc, params }
}

function addParam(params: Map<string, string>, value: OptionValue): void {
  if (value.kind !== 'message') return
  const part = (wanted: string): string => textOf(value.entries.find(({ name }) => name === wanted)?.value) ?? ''
  params.set(part('key'), part('value'))
}

function itemsOf(value: OptionValue): readonly OptionValue[] {
  return value.kind === 'list' ? value.items : [value]
}

function textOf(value: OptionValue | undefined): string | undefined {
  return value?.kind === 'string' ? utf8Text(value.bytes) : undefined
}
