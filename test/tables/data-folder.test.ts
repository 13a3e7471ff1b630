import { expect, test } from 'vitest'
import { dataFolderOf } from '../../src/tables/data-folder.ts'

const orders = { namespace: 'default', table: 'orders' }

test('files that two formats name lie where a VACUUM of one does not look', () => {
  expect(dataFolderOf({ ...orders, isShared: true })).toBe('default/orders/data/_files')
})

test('files of one format lie where its own maintenance finds them', () => {
  expect(dataFolderOf({ ...orders, isShared: false })).toBe('default/orders/data')
})
