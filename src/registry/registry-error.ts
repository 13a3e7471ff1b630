/**
 * The registry's own errors: codes and texts that Confluent's clients know. The HTTP status is the first three digits.
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
  /** A body or parameter that is not of the shape it must have. */
  badRequest: (message: string) => new RegistryError(400, message),
  /** What the original's web server answers for a path parameter of the wrong type, too. */
  notFound: () => new RegistryError(404, 'HTTP 404 Not Found'),
  methodNotAllowed: () => new RegistryError(405, 'HTTP 405 Method Not Allowed'),
  notAcceptable: () => new RegistryError(406, 'HTTP 406 Not Acceptable'),
  unsupportedMediaType: () => new RegistryError(415, 'HTTP 415 Unsupported Media Type'),
  subjectNotFound: (subject: string) => new RegistryError(40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number | string) => new RegistryError(40402, `Version ${version} not found.`),
  schemaIdNotFound: (schemaId: number | string) => new RegistryError(40403, `Schema ${schemaId} not found`),
  schemaNotFound: () => new RegistryError(40403, 'Schema not found'),
  subjectSoftDeleted: (subject: string) =>
    new RegistryError(40404, `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`),
  subjectNotSoftDeleted: (subject: string) =>
    new RegistryError(40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionSoftDeleted: (subject: string, version: number) =>
    new RegistryError(40406, `Subject '${subject}' Version ${version} was soft deleted.Set permanent=true to delete permanently`),
  versionNotSoftDeleted: (subject: string, version: number) =>
    new RegistryError(40407, `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`),
  subjectCompatibilityNotSet: (subject: string) =>
    new RegistryError(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  subjectModeNotSet: (subject: string) => new RegistryError(40409, `Subject '${subject}' does not have subject-level mode configured`),
  incompatible: (subject: string, messages: readonly string[]) =>
    new RegistryError(
      409,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${messages.join(', ')}]`,
    ),
  invalidSchema: (details: string) => new RegistryError(42201, details),
  emptySchema: () => new RegistryError(42201, 'Empty schema'),
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
  invalidCompatibilityPolicy: () => new RegistryError(42203, 'Invalid compatibility policy. Valid values are strict and lenient'),
  invalidMode: () => new RegistryError(42204, 'Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.'),
  operationNotPermitted: (message: string) => new RegistryError(42205, message),
  referenceExists: (subject: string, version: number) =>
    new RegistryError(42206, `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`),
  idDoesNotMatch: (registeredId: number, submittedId: number) =>
    new RegistryError(42207, `Schema already registered with id ${registeredId} instead of input id ${submittedId}`),
  invalidSubject: (subject: string) => new RegistryError(42208, `The specified subject '${subject}' is not a valid.`),
  tooLarge: (bytesMax: number) => new RegistryError(42209, `Schema is too large; at most ${bytesMax} bytes are taken`),
  invalidRuleSet: (details: string) => new RegistryError(42210, details),
  contextNotEmpty: (context: string) => new RegistryError(42211, `The specified context '${context}' is not empty.`),
  storeFailed: (details: string) => new RegistryError(50001, `Error in the backend data store: ${details}`),
  timedOut: (details: string) => new RegistryError(50002, `Operation timed out: ${details}`),
} as const
