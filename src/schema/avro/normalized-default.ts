import type { AvroType } from './ast.ts'
import type { JsonNode } from '../json-text.ts'
import { isIntegralText } from './jackson-number.ts'

/**
 * A field's default as Java gives it back once it has read it as a value of the field's type: the numbers of a double or
 * float have a fraction, those of a float no more digits than it can tell apart. Of a union it takes the first branch.
 */
export function normalizedDefault(type: AvroType, value: JsonNode): JsonNode {
  switch (type.kind) {
    case 'double':
    case 'float':
      return value.kind === 'number' ? { kind: 'number', text: floatingText(value.text, type.kind) } : value
    case 'array':
      return value.kind === 'array' ? { kind: 'array', items: value.items.map((item) => normalizedDefault(type.items, item)) } : value
    case 'map':
      return value.kind === 'object' ? mapMembers(value.members, (member) => normalizedDefault(type.values, member)) : value
    case 'record': {
      if (value.kind !== 'object') return value
      const types = new Map(type.fields.map((field) => [field.name, field.type]))
      return mapMembers(value.members, (member, name) => {
        const fieldType = types.get(name)
        return fieldType === undefined ? member : normalizedDefault(fieldType, member)
      })
    }
    case 'union':
      return type.branches[0] === undefined ? value : normalizedDefault(type.branches[0], value)
    default:
      return value
  }
}

function mapMembers(members: ReadonlyMap<string, JsonNode>, change: (member: JsonNode, name: string) => JsonNode): JsonNode {
  return { kind: 'object', members: new Map([...members].map(([name, member]) => [name, change(member, name)])) }
}

/** Text that is no integer is printed as a Java double. */
function floatingText(text: string, kind: 'double' | 'float'): string {
  // Only a written fraction keeps the sign of a zero: -0 is an integer.
  const number = isIntegralText(text) ? Number(text) + 0 : Number(text)
  const value = kind === 'float' ? shortestFloat(number) : number
  const shown = Object.is(value, -0) ? '-0' : String(value)
  return isIntegralText(shown) ? `${shown}.0` : shown
}

/** The number of the fewest digits that is the same float; 9 digits tell any two floats apart. */
function shortestFloat(value: number): number {
  const float = Math.fround(value)
  // toPrecision drops the sign of a zero.
  if (float === 0) return float
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits))
    if (Math.fround(short) === float) return short
  }
  return Number(float.toPrecision(9))
}
