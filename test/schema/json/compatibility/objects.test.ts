import { inDraft4, in2019, in2020, judged, type Case } from './compare.ts'

type Properties = { readonly [name: string]: unknown }

const text = { type: 'string' }
const textWithDefault = { type: 'string', default: '' }
const open = (properties: Properties = {}, rest: object = {}): object => ({ type: 'object', properties, ...rest })
const closed = (properties: Properties = {}, rest: object = {}): object => open(properties, { additionalProperties: false, ...rest })

judged('a property of an open model', [
  [
    'optional',
    open(),
    open({ a: text }),
    ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
    // Read by the older schema, it is one of those that may be anything.
    [],
  ],
  ['required', open(), open({ a: text }, { required: ['a'] }), ['REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'], []],
  [
    'required with a default',
    open(),
    open({ a: textWithDefault }, { required: ['a'] }),
    ['REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
  ['that may be anything', open(), open({ a: {}, b: true }), [], []],
  ['that may not be there', open(), open({ a: false }), ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'], []],
  ['open by saying so', open({}, { additionalProperties: true }), open({}), [], []],
  [
    'in an object without properties',
    { type: 'object' },
    open({ a: text }),
    ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
])

judged('a property of a closed model', [
  ['optional', closed(), closed({ a: text }), [], ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a']],
  [
    'required',
    closed(),
    closed({ a: text }, { required: ['a'] }),
    ['REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a'],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a'],
  ],
  [
    'required with a default',
    closed(),
    closed({ a: textWithDefault }, { required: ['a'] }),
    [],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a'],
  ],
  ['that may not be there', closed(), closed({ a: false }), [], []],
  [
    'whose name needs escapes in a path',
    closed(),
    closed({ 'a/b~c': text }),
    [],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a~1b~0c'],
  ],
  [
    'called like a member of every object',
    closed(),
    closed({ constructor: text }),
    [],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/constructor'],
  ],
])

const partly = (rest: object, properties: Properties = {}): object => open(properties, rest)
const texts = { additionalProperties: text }
const numbersByPattern = { patternProperties: { '^n': { type: 'number' } }, additionalProperties: false }

judged('a property of a partially open model', [
  ['covered by additionalProperties', partly(texts), partly(texts, { a: text }), [], []],
  [
    'of another type',
    partly(texts),
    partly(texts, { a: { type: 'null' } }),
    ['TYPE_CHANGED #/properties/a', 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a'],
    ['TYPE_CHANGED #/properties/a', 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a'],
  ],
  [
    'narrower than additionalProperties',
    partly(texts),
    partly(texts, { a: { type: 'string', maxLength: 1 } }),
    ['MAX_LENGTH_ADDED #/properties/a/maxLength', 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
  [
    'covered and required',
    partly(texts),
    partly({ ...texts, required: ['a'] }, { a: text }),
    ['REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
  ['covered by {} in additionalProperties', partly({ additionalProperties: {} }), partly({ additionalProperties: {} }, { a: {} }), [], []],
  ['covered by a pattern that is found anywhere', partly(numbersByPattern), partly(numbersByPattern, { no: { type: 'number' } }), [], []],
  [
    'of another type than its pattern says',
    partly(numbersByPattern),
    partly(numbersByPattern, { n: text }),
    ['TYPE_CHANGED #/properties/n', 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/n'],
    ['TYPE_CHANGED #/properties/n', 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/n'],
  ],
  [
    'that no pattern finds, beside closed additionalProperties',
    partly(numbersByPattern),
    partly(numbersByPattern, { a: text }),
    [],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a'],
  ],
  [
    'that no pattern finds, which counts as closed even where others may be added',
    partly({ patternProperties: { '^n': {} } }),
    partly({ patternProperties: { '^n': {} } }, { a: text }),
    [],
    ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a'],
  ],
  [
    'that no pattern finds, but additionalProperties covers',
    partly({ patternProperties: { '^n': {} }, ...texts }),
    partly({ patternProperties: { '^n': {} }, ...texts }, { a: text }),
    [],
    [],
  ],
])

const unevaluated = (schema: unknown, properties: Properties = {}): object => in2020(open(properties, { unevaluatedProperties: schema }))

judged('a model that unevaluatedProperties closes', [
  ['closed', unevaluated(false), unevaluated(false, { a: text }), [], ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a']],
  ['open', unevaluated(true), unevaluated(true, { a: text }), ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'], []],
  ['open by {}', unevaluated({}), unevaluated({}, { a: text }), ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'], []],
  ['covered', unevaluated(text), unevaluated(text, { a: text }), [], []],
  [
    'not covered',
    unevaluated(text),
    unevaluated(text, { a: { type: 'null' } }),
    ['TYPE_CHANGED #/properties/a', 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a'],
    ['TYPE_CHANGED #/properties/a', 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a'],
  ],
  [
    'closed by additionalProperties before it counts',
    unevaluated(text),
    in2020(closed({}, { unevaluatedProperties: text })),
    ['ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties'],
    [],
  ],
  [
    'draft 7 does not know it',
    open({}, { unevaluatedProperties: false }),
    open({ a: text }, { unevaluatedProperties: false }),
    ['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
])

judged('what an object allows beyond its properties', [
  ['closed', open(), closed(), ['ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties'], []],
  ['narrowed to a schema', open(), open({}, texts), ['ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties'], []],
  ['from a schema to nothing', open({}, texts), closed(), ['ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties'], []],
  [
    'another schema',
    open({}, texts),
    open({}, { additionalProperties: { type: 'string', minLength: 1 } }),
    ['MIN_LENGTH_ADDED #/additionalProperties/minLength'],
    [],
  ],
  [
    'unevaluated, closed',
    in2019(open()),
    in2019(open({}, { unevaluatedProperties: false })),
    ['UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties'],
    [],
  ],
  [
    'unevaluated, from a schema to nothing',
    unevaluated(text),
    unevaluated(false),
    ['UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties'],
    [],
  ],
  ['unevaluated, narrowed', unevaluated({}), unevaluated(text), ['UNEVALUATED_PROPERTIES_NARROWED #/unevaluatedProperties'], []],
  ['unevaluated, said to be open', in2020(open()), unevaluated(true), [], []],
  [
    'unevaluated, another schema',
    unevaluated({ type: 'null' }),
    unevaluated(text),
    ['TYPE_CHANGED #/unevaluatedProperties'],
    ['TYPE_CHANGED #/unevaluatedProperties'],
  ],
])

judged('required properties that both schemas have', [
  ['required', open({ a: text }), open({ a: text }, { required: ['a'] }), ['REQUIRED_ATTRIBUTE_ADDED #/required/a'], []],
  ['required with a default', open({ a: text }), open({ a: textWithDefault }, { required: ['a'] }), [], []],
  ['required, though neither names it', open(), open({}, { required: ['a'] }), [], []],
  [
    'a default beside a reference',
    open({ a: { $ref: '#/definitions/t' } }, { definitions: { t: text } }),
    open({ a: { $ref: '#/definitions/t', default: '' } }, { definitions: { t: text }, required: ['a'] }),
    [],
    [],
  ],
  ['draft 4', inDraft4(open({ a: text })), inDraft4(open({ a: text }, { required: ['a'] })), ['REQUIRED_ATTRIBUTE_ADDED #/required/a'], []],
])

judged('how many properties there are', [
  ['maxProperties added', open(), open({}, { maxProperties: 3 }), ['MAX_PROPERTIES_ADDED #/maxProperties'], []],
  [
    'maxProperties lowered',
    open({}, { maxProperties: 3 }),
    open({}, { maxProperties: 2 }),
    ['MAX_PROPERTIES_DECREASED #/maxProperties'],
    [],
  ],
  ['minProperties added', open(), open({}, { minProperties: 3 }), ['MIN_PROPERTIES_ADDED #/minProperties'], []],
  [
    'minProperties raised',
    open({}, { minProperties: 3 }),
    open({}, { minProperties: 4 }),
    ['MIN_PROPERTIES_INCREASED #/minProperties'],
    [],
  ],
])

const depending = (dependencies: object): object => open({}, { dependencies })

judged('dependencies', [
  ['on names, added', open(), depending({ a: ['b'] }), ['DEPENDENCY_ARRAY_ADDED #/dependencies/a'], []],
  ['on no names', open(), depending({ a: [] }), [], []],
  ['on names, extended', depending({ a: ['b'] }), depending({ a: ['c', 'b'] }), ['DEPENDENCY_ARRAY_EXTENDED #/dependencies/a'], []],
  [
    'on other names',
    depending({ a: ['b'] }),
    depending({ a: ['c'] }),
    ['DEPENDENCY_ARRAY_CHANGED #/dependencies/a'],
    ['DEPENDENCY_ARRAY_CHANGED #/dependencies/a'],
  ],
  ['on a schema, added', open(), depending({ a: { required: ['b'] } }), ['DEPENDENCY_SCHEMA_ADDED #/dependencies/a'], []],
  [
    'on a schema, changed',
    depending({ a: { maxProperties: 3 } }),
    depending({ a: { maxProperties: 2 } }),
    ['MAX_PROPERTIES_DECREASED #/dependencies/a/maxProperties'],
    [],
  ],
  [
    '2019-09: dependentRequired',
    in2019(open()),
    in2019(open({}, { dependentRequired: { a: ['b'] } })),
    ['DEPENDENCY_ARRAY_ADDED #/dependencies/a'],
    [],
  ],
  [
    '2019-09: dependentSchemas',
    in2019(open()),
    in2019(open({}, { dependentSchemas: { a: {} } })),
    ['DEPENDENCY_SCHEMA_ADDED #/dependencies/a'],
    [],
  ],
])

judged('what the registry does not look at', [
  ['propertyNames', open(), open({}, { propertyNames: { maxLength: 1 } }), [], []],
  [
    'patternProperties by themselves',
    partly({ patternProperties: { '^n': text } }),
    partly({ patternProperties: { '^n': { type: 'null' } } }),
    [],
    [],
  ],
])

/** The same changes, judged leniently: additional properties may be closed, and properties come and go. */
const lenientCases: readonly Case[] = [
  ['an optional property added to an open model', open(), open({ a: text }), [], []],
  ['a required one with a default', open(), open({ a: textWithDefault }, { required: ['a'] }), [], []],
  [
    'a required one without',
    open(),
    open({ a: text }, { required: ['a'] }),
    ['REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
  ['a property removed from a closed model', closed({ a: text }), closed(), [], []],
  ['closed', open(), closed(), [], []],
  ['narrowed', open(), open({}, texts), [], []],
  ['unevaluated, closed', unevaluated(true), unevaluated(false), [], []],
  ['unevaluated, narrowed', unevaluated(true), unevaluated(text), [], []],
  ['required', open({ a: text }), open({ a: text }, { required: ['a'] }), ['REQUIRED_ATTRIBUTE_ADDED #/required/a'], []],
  [
    'required in a closed model',
    closed(),
    closed({ a: text }, { required: ['a'] }),
    ['REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a'],
    [],
  ],
  [
    'not covered by a partially open model: only what differs inside counts',
    partly(texts),
    partly(texts, { a: { type: 'string', maxLength: 1 } }),
    ['MAX_LENGTH_ADDED #/properties/a/maxLength'],
    [],
  ],
  ['another type', open({ a: text }), open({ a: { type: 'null' } }), ['TYPE_CHANGED #/properties/a'], ['TYPE_CHANGED #/properties/a']],
  ['in one of several schemas', { oneOf: [{ type: 'null' }, open()] }, { oneOf: [{ type: 'null' }, open({ a: text })] }, [], []],
]
judged('leniently', lenientCases, { policy: 'LENIENT' })
