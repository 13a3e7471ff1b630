import { limits } from '../../../shared/limits.ts'
import type { CompatibilityQuestion, Incompatibility } from '../../compatibility.ts'
import type { StepBudget } from '../../step-budget.ts'
import type { LinkedFile, MessageType } from '../link/types.ts'
import { localName, typeText } from './field-rules.ts'
import { breach, type Breach, type Finding, type Messages, type Use } from './finding.ts'
import { messageFindings, nestedFindings } from './message-rules.ts'
import { sentenceOf } from './sentences.ts'

/** What a pair of messages counts besides its fields. */
const PAIR_STEPS = 20

/** A message of the writer with the message that the reader has in its place. */
interface MessagePair {
  readonly writer: MessageType
  readonly reader: MessageType
  /** `#/Outer/Inner`, without the package. */
  readonly path: string
  /** Of the messages around. */
  readonly outer: MessagePair | undefined
  isBroken: boolean
}

/**
 * Compares two files once. Messages of the files themselves are held against each other by their names; messages that a
 * field takes from elsewhere are compared where the field uses them. Pairs wait in a list instead of on the stack:
 * imported messages can chain without end.
 */
export class FileComparison {
  readonly #files: { readonly reader: LinkedFile; readonly writer: LinkedFile }
  readonly #names: CompatibilityQuestion['names']
  readonly #budget: StepBudget
  readonly #known = new Map<MessageType, Map<MessageType, MessagePair>>()
  /** The last is compared first. */
  readonly #pending: MessagePair[] = []
  readonly #uses: { readonly finding: Use; readonly path: string; readonly pair: MessagePair }[] = []
  readonly #incompatibilities: Incompatibility[] = []

  constructor(
    files: { readonly reader: LinkedFile; readonly writer: LinkedFile },
    { names, budget }: { readonly names: CompatibilityQuestion['names']; readonly budget: StepBudget },
  ) {
    this.#files = files
    this.#names = names
    this.#budget = budget
  }

  compare(): readonly Incompatibility[] {
    const { reader, writer } = this.#files
    const [ofReader, ofWriter] = [reader.ast.packageName, writer.ast.packageName]
    if (ofReader !== ofWriter) this.#tell(breach('PACKAGE_CHANGED', '', { ofReader, ofWriter }), '#')
    this.#budget.spend(reader.messages.length + writer.messages.length)
    this.#takeIn(nestedFindings(writer.messages, reader.messages), '#', undefined)
    for (let pair = this.#pending.pop(); pair; pair = this.#pending.pop()) this.#compareMessages(pair)
    for (const use of this.#uses) this.#tellOfUse(use)
    return this.#incompatibilities
  }

  #compareMessages(pair: MessagePair): void {
    const { writer, reader, path } = pair
    for (const message of [writer, reader]) this.#budget.spend(message.fields.length + message.messages.length)
    this.#takeIn(messageFindings(writer, reader), path, pair)
  }

  #takeIn(findings: readonly Finding[], path: string, outer: MessagePair | undefined): void {
    const inner: MessagePair[] = []
    for (const finding of findings) {
      if (finding.kind === 'breach') {
        this.#tell(finding, path)
        for (let around = outer; around && !around.isBroken; around = around.outer) around.isBroken = true
      } else if (finding.kind === 'nested') this.#addPair(finding, { path: `${path}/${finding.place}`, outer, inner })
      else if (!this.#areOfTheFiles(finding)) {
        const pair = this.#addPair(finding, { path: `#/${localName(finding.reader).replaceAll('.', '/')}`, outer: undefined, inner })
        this.#uses.push({ finding, path, pair })
      }
    }
    for (const pair of inner.toReversed()) this.#pending.push(pair)
  }

  #addPair(
    { writer, reader }: Messages,
    { path, outer, inner }: { path: string; outer: MessagePair | undefined; inner: MessagePair[] },
  ): MessagePair {
    const ofWriter = this.#known.get(writer) ?? new Map<MessageType, MessagePair>()
    this.#known.set(writer, ofWriter)
    const known = ofWriter.get(reader)
    if (known) return known
    this.#budget.spend(PAIR_STEPS)
    const pair = { writer, reader, path, outer, isBroken: false }
    ofWriter.set(reader, pair)
    inner.push(pair)
    return pair
  }

  /** Then they have one name and are compared as what they are, messages of the files. */
  #areOfTheFiles({ writer, reader }: Messages): boolean {
    return writer.file === this.#files.writer && reader.file === this.#files.reader
  }

  /** A field holds a message of another file that changed, though under the same name. */
  #tellOfUse({ finding: { place, field, writer }, path, pair }: { finding: Use; path: string; pair: MessagePair }): void {
    if (!pair.isBroken) return
    const words = { name: field.name, ofReader: typeText(field), ofWriter: `message ${writer.fullName}` }
    this.#tell(breach('FIELD_NAMED_TYPE_CHANGED', place, words), path)
  }

  #tell({ rule, place, words }: Breach, path: string): void {
    if (this.#incompatibilities.length === limits.incompatibilitiesMax) return
    const at = `${path}/${place}`
    this.#incompatibilities.push({ errorType: rule, path: at, description: sentenceOf(rule, at, { ...words, names: this.#names }) })
  }
}
