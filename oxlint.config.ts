import { defineConfig, type OxlintOverride } from 'oxlint'

/**
 * The import ladder, from the top down: a room imports from itself and from rooms below it, never from above.
 * Rooms on one step do not know each other.
 */
const ladder = [
  ['commands'],
  ['server'],
  ['topic-defaults'],
  ['settings', 'process-logger'],
  ['http'],
  ['broker'],
  ['sink'],
  ['registry'],
  ['catalogs'],
  ['tables'],
  ['lanes'],
  ['parquet'],
  ['schema'],
  ['columns'],
  ['log'],
  ['state', 'objects', 'protocol'],
  ['shared', 'version'],
]

/** The engines behind a room's contract: its `open.ts` loads the one that is asked for, and nobody else names one. */
const engines = {
  catalogs: ['sql.ts'],
  state: ['sqlite/sqlite-state.ts', 'memory.ts'],
  objects: ['local.ts', 'memory.ts'],
} as const satisfies { readonly [room: string]: readonly string[] }

const engineRooms = Object.keys(engines) as (keyof typeof engines)[]

/** For each room, forbids every room above it, its neighbours on the same step, and engines. */
const ladderRules = ladder.flatMap((rooms, step) =>
  rooms.map((room) => restricted([`src/${room}/**/*.ts`, `src/${room}.ts`], [...roomsAbove(room, step), ...enginesSeenFrom(room)])),
)

/** After the rules above: the last that fits a file holds. */
const openerRules = engineRooms.map((room) =>
  restricted(
    [`src/${room}/open.ts`],
    roomsAbove(
      room,
      ladder.findIndex((rooms) => rooms.includes(room)),
    ),
  ),
)

interface Pattern {
  readonly group: string[]
  readonly message: string
}

function restricted(files: string[], patterns: Pattern[]): OxlintOverride {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } }
}

function roomsAbove(room: string, step: number): Pattern[] {
  const above = ladder.slice(0, step).flat()
  const beside = ladder[step]?.filter((name) => name !== room) ?? []
  return [
    {
      group: [...above, ...beside, 'cli', 'index'].flatMap((name) => [
        `**/../${name}/**`,
        `**/../${name}.ts`,
        `../${name}/**`,
        `../${name}.ts`,
      ]),
      message: `Imports go down the ladder only (ARCHITECTURE.md, "The ladder"); ${room} may not see this room.`,
    },
  ]
}

function enginesSeenFrom(room: string): Pattern[] {
  const paths = engineRooms.flatMap((owner) =>
    engines[owner].flatMap((file) => (owner === room ? [`./${file}`, `../${file}`] : [`../${owner}/${file}`, `**/../${owner}/${file}`])),
  )
  return [{ group: paths, message: 'Only the open.ts of a room names its engines, with a dynamic import (ARCHITECTURE.md, "The ladder").' }]
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['dist/**', 'node_modules/**', 'test/golden/**'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-assertion': 'off',
    // An exhaustive switch without default returns on every path; tsc knows it, this rule does not.
    'typescript/consistent-return': 'off',
    'promise/always-return': 'off',
    'import/no-cycle': 'error',
    'import/extensions': 'off',
    'no-await-in-loop': 'off',
    // JSON Schema's own keyword is `then`.
    'unicorn/no-thenable': 'off',
    'no-new-func': 'off',
    'oxc/no-async-endpoint-handlers': 'off',
    'typescript/no-implied-eval': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-shadow': 'off',
    'import/no-named-as-default': 'off',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off',
    'no-underscore-dangle': 'off',
    'no-control-regex': 'off',
  },
  overrides: [...ladderRules, ...openerRules],
})
