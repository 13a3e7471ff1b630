/**
 * The registry's own errors: codes and texts that Confluent's clients know (reference section 1.3). The HTTP status is
 * the first three digits.
 */
export class RegistryError extends Error {
  override name = 'RegistryError'
  readonly errorCode: number

  constructor(errorCode: number, message: string) {
    super(message)
    this.errorCode = errorCode
  }

  get httpStatus(): number {
    return Number(String(this.errorCode).slice(0, 3))
  }
}

export const registryErrors = {
  subjectNotFound: (subject: string) => new RegistryError(40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number | string) => new RegistryError(40402, `Version ${version} not found.`),
  schemaIdNotFound: (schemaId: number | string) => new RegistryError(40403, `Schema ${schemaId} not found`),
  schemaNotFound: () => new RegistryError(40403, 'Schema not found'),
  subjectCompatibilityNotSet: (subject: string) =>
    new RegistryError(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  incompatible: (subject: string, details: string) =>
    new RegistryError(409, `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: ${details}`),
  invalidSchema: (details: string) => new RegistryError(42201, details),
  invalidVersion: (version: string) =>
    new RegistryError(
      42202,
      `The specified version '${version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidCompatibilityLevel: () =>
    new RegistryError(
      42203,
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
    ),
  invalidSubject: (subject: string) => new RegistryError(42208, `The specified subject '${subject}' is not a valid.`),
  tooLarge: (bytesMax: number) => new RegistryError(42209, `Schema is too large; at most ${bytesMax} bytes are taken`),
  storeFailed: (details: string) => new RegistryError(50001, `Error in the backend data store: ${details}`),
} as const
