import type { LakeRoot } from '../../objects/lake-root.ts'
import { equalBytes } from '../../shared/bytes.ts'
import { HeadgateError, isErrorOfKind } from '../../shared/errors.ts'

/**
 * Writes a file whose name nobody else can have picked. After a lost answer the file itself says whether the write
 * was done. Metadata files are never replaced: if the name is taken by other bytes, that is an error.
 */
export async function putNew({ store }: LakeRoot, key: string, bytes: Uint8Array): Promise<void> {
  if ((await outcomeOf(store.putIfAbsent(key, bytes))) === 'created') return
  const stored = await store.get(key)
  if (stored !== undefined && equalBytes(stored, bytes)) return
  if (stored === undefined) throw new HeadgateError('store-unavailable', `${key} could not be written`, { facts: { key } })
  throw new HeadgateError('already-exists', `${key} exists with other contents; two writers drew the same random name`, { facts: { key } })
}

async function outcomeOf(write: Promise<'created' | 'exists'>): Promise<'created' | 'exists' | 'unknown'> {
  try {
    return await write
  } catch (error) {
    if (isErrorOfKind(error, 'store-outcome-unknown')) return 'unknown'
    throw error
  }
}
