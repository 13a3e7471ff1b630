import { describe } from 'vitest'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { clientSuite } from './client-suite.ts'
import { ForeignClient } from './foreign-client.ts'
import { oddRecordsBefore2262 } from './odd-records.ts'

const { go } = readToolchains()

describe.skipIf(go.kind === 'missing')('franz-go', () => {
  clientSuite(({ kafka }) => new ForeignClient(ToolProcess.go(ready(go)), { bootstrap: kafka }), {
    showsRecordErrors: false,
    largestRequestSetting: 'batch.size',
    // The whole batch has one error.
    neighbourError: 'INVALID_RECORD',
    oddRecords: oddRecordsBefore2262,
    groupRefusal: 'INVALID_REQUEST',
  })
})
