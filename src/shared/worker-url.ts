/**
 * The address of a worker's entry file beside the caller. Sources run as .ts (tests, development) and as .js
 * (the built package); the compiler rewrites import paths but not URLs.
 */
export function workerUrl(importMetaUrl: string, name: string): URL {
  return new URL(`./${name}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl)
}
