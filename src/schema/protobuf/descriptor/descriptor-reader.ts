import { HeadgateError } from '../../../shared/errors.ts'
import type { DynamicMessage } from '../wire/dynamic-message.ts'

/** Fields of a descriptor by JSON name, with the default where one is unset; names are checked, because they become text. */
export function readText(message: DynamicMessage, name: string): string {
  return (message.get(name) ?? '') as string
}

export function readTexts(message: DynamicMessage, name: string): string[] {
  return (message.get(name) ?? []) as string[]
}

export function readNumber(message: DynamicMessage, name: string): number {
  return (message.get(name) ?? 0) as number
}

export function readBoolean(message: DynamicMessage, name: string): boolean {
  return (message.get(name) ?? false) as boolean
}

export function readMessage(message: DynamicMessage, name: string): DynamicMessage | undefined {
  return message.get(name) as DynamicMessage | undefined
}

export function readMessages(message: DynamicMessage, name: string): DynamicMessage[] {
  return (message.get(name) ?? []) as DynamicMessage[]
}

/** The name of an enum's value; undefined when it is unset or unknown. */
export function readEnum(message: DynamicMessage, name: string): string | undefined {
  const type = message.type.fieldByName.get(name)?.type
  const value = message.get(name)
  return type?.kind === 'enum' && typeof value === 'number' ? type.nameByNumber.get(value) : undefined
}

export function readName(message: DynamicMessage, name: string): string {
  return checkedName(readText(message, name), /^[A-Za-z_]\w*$/)
}

export function readNames(message: DynamicMessage, name: string): string[] {
  return readTexts(message, name).map((text) => checkedName(text, /^[A-Za-z_]\w*$/))
}

/** A name with dots, perhaps one in front. */
export function readTypeName(message: DynamicMessage, name: string): string {
  return checkedName(readText(message, name), /^\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/)
}

function checkedName(text: string, shape: RegExp): string {
  if (shape.test(text)) return text
  throw new HeadgateError('invalid-schema', `the descriptor has ${JSON.stringify(text)} where a name belongs`)
}
