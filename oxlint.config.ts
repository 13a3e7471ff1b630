import { defineConfig, type OxlintOverride } from 'oxlint'

/**
 * The import ladder, from the top down: a room imports from itself and from rooms below it, never from above.
 * Rooms on one step do not know each other.
 */
const ladder = [
  ['commands'],
  ['server'],
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
  ['shared'],
]

/** For each room, forbids every room above it and its neighbours on the same step. */
const ladderRules = ladder.flatMap((rooms, step) =>
  rooms.map((room): OxlintOverride => ({
    files: [`src/${room}/**/*.ts`, `src/${room}.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbiddenFor(room, step).flatMap((name) => [`**/../${name}/**`, `**/../${name}.ts`, `../${name}/**`, `../${name}.ts`]),
              message: `Imports go down the ladder only (ARCHITECTURE.md, "The ladder"); ${room} may not see this room.`,
            },
          ],
        },
      ],
    },
  })),
)

function forbiddenFor(room: string, step: number): string[] {
  const above = ladder.slice(0, step).flat()
  const beside = ladder[step]?.filter((name) => name !== room) ?? []
  return [...above, ...beside, 'cli', 'index']
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
  overrides: [...ladderRules],
})
