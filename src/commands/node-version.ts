/**
 * Whether this Node can run us. What is older fails at the first module that it lacks, with a stack trace that says
 * nothing of versions; npm only warns when it installs. Imports nothing, so that any Node that knows modules loads it.
 */

/** As `engines` in package.json has it. */
const oldest = { major: 24, minor: 6 } as const

/** One line for whoever runs an older Node, as in `process.version`; undefined where it will do. */
export function nodeProblem(version: string): string | undefined {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(version) ?? []
  const isEnough = Number(major) > oldest.major || (Number(major) === oldest.major && Number(minor) >= oldest.minor)
  return isEnough ? undefined : `needs Node ${oldest.major}.${oldest.minor} or later; this is Node ${version}`
}
