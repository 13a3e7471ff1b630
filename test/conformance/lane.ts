import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Lane } from '../../src/lanes/lane.ts'
import { LaneUnderTest } from '../lanes/lane-under-test.ts'
import { batchOf, order, tableKey } from '../lanes/orders.ts'
import { decoding } from './lane-decoding.ts'
import { cuts, judgedRows } from './lane-rows.ts'
import { hostileBytes, verdicts } from './lane-verdicts.ts'

/** What every lane promises, whichever thread it works on. One lane serves all tests; each opens its table anew. */
export function laneConformance(engine: string, newLane: () => Lane): void {
  describe(`${engine} keeps the contract of lanes`, () => {
    let opened: LaneUnderTest
    const given = (): LaneUnderTest => opened
    beforeAll(() => {
      opened = new LaneUnderTest(newLane())
    })
    beforeEach(() => opened.openOrders('none'))
    afterAll(() => opened.lane.close())

    verdicts(given)
    hostileBytes(given)
    judgedRows(given)
    cuts(given)
    decoding(given)

    test('calls are answered in the order they were made', async () => {
      const answered: string[] = []
      const note = (name: string) => (): number => answered.push(name)
      const ticket = await given().ticketOf([order(1)])
      await Promise.all([
        given()
          .judgeRecords([order(2)])
          .then(note('judge')),
        given().adopt(ticket, 0n).then(note('adopt')),
        given().lane.cut(tableKey).then(note('cut')),
        given()
          .decode([batchOf([order(3)])])
          .then(note('decode')),
      ])
      expect(answered).toEqual(['judge', 'adopt', 'cut', 'decode'])
    })

    test('a closed lane refuses work', async () => {
      const closed = new LaneUnderTest(newLane())
      await closed.lane.close()
      await expect(closed.judgeRecords([order(1)])).rejects.toMatchObject({ kind: 'shutting-down' })
    })
  })
}
