import { describe } from 'vitest'
import { ToolProcess } from '../support/tool-process.ts'
import { javaClientVersions } from '../toolchains/java.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { clientSuite } from './client-suite.ts'
import { ForeignClient } from './foreign-client.ts'
import { oddRecords } from './odd-records.ts'

const { java } = readToolchains()

describe.skipIf(java.kind === 'missing')('the Java client', () => {
  for (const version of javaClientVersions)
    describe(version, () => {
      clientSuite(({ kafka }) => new ForeignClient(ToolProcess.java(ready(java), version), { bootstrap: kafka }), {
        showsRecordErrors: true,
        largestRequestSetting: 'max.request.size',
        // A KafkaException without a code: part of a batch which had invalid records.
        neighbourError: 'UNKNOWN_SERVER_ERROR',
        oddRecords,
        groupRefusal: 'InvalidRequestException',
      })
    })
})
