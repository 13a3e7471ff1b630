import { globSync, readFileSync } from 'node:fs'
import type { FindFile } from '../../../src/schema/protobuf/link/link.ts'
import { parseProtoFile } from '../../../src/schema/protobuf/parse/parse-file.ts'
import { wellKnownFile } from '../../../src/schema/protobuf/well-known/well-known-files.ts'

/** .proto files of Google and of gRPC, out of the packages that bring them, by import path. */
const roots = [
  ['node_modules/google-gax/build/protos', 'google/{api,cloud,iam,logging,longrunning,monitoring,rpc,type}/**/*.proto'],
  ['node_modules/@grpc/grpc-js/proto/protoc-gen-validate', '**/*.proto'],
  ['node_modules/protobufjs', 'google/api/*.proto'],
] as const

export interface CorpusFile {
  readonly path: string
  readonly text: string
}

export const corpusFiles: readonly CorpusFile[] = roots.flatMap(([root, pattern]) =>
  globSync(pattern, { cwd: root })
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') })),
)

const textByPath = new Map(corpusFiles.map(({ path, text }) => [path, text]))

export const findInCorpus: FindFile = (path) => {
  const text = textByPath.get(path)
  return (
    wellKnownFile(path) ?? (text === undefined ? undefined : { source: { name: path, text }, ast: parseProtoFile({ name: path, text }) })
  )
}
