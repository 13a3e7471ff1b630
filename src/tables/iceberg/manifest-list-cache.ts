import type { LoadedTable } from './loaded-table.ts'
import type { ManifestFile } from './manifest-list.ts'
import type { Snapshot } from './metadata.ts'
import { manifestsOf } from './snapshot-files.ts'

/** The manifests of the last list read or written, so that one commit after another reads nothing back. */
export class ManifestListCache {
  #uri = ''
  #manifests: readonly ManifestFile[] = []

  /** Lists never change: the name of the file says which manifests it has. */
  async manifestsOf(table: LoadedTable, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
    if (this.#uri !== snapshot['manifest-list']) this.remember(snapshot['manifest-list'], await manifestsOf(table, snapshot))
    return this.#manifests
  }

  remember(uri: string, manifests: readonly ManifestFile[]): void {
    this.#uri = uri
    this.#manifests = manifests
  }
}
