import { in2019, in2020, judged } from './compare.ts'

const text = { type: 'string' }
const array = (rest: object = {}): object => ({ type: 'array', ...rest })
const tuple = (items: readonly unknown[], additionalItems?: unknown): object =>
  array({ items, ...(additionalItems === undefined ? {} : { additionalItems }) })

judged('items', [
  ['of a type, added', array(), array({ items: text }), ['SCHEMA_ADDED #/items'], []],
  ['of another type', array({ items: text }), array({ items: { type: 'null' } }), ['TYPE_CHANGED #/items'], ['TYPE_CHANGED #/items']],
  ['narrowed', array({ items: { type: 'number' } }), array({ items: { type: 'integer' } }), ['TYPE_NARROWED #/items'], []],
  [
    'of arrays',
    array({ items: array({ items: text }) }),
    array({ items: array({ items: { ...text, minLength: 1 } }) }),
    ['MIN_LENGTH_ADDED #/items/items/minLength'],
    [],
  ],
  ['that may be anything', array(), array({ items: {} }), ['SCHEMA_ADDED #/items'], []],
  ['2020-12: true', in2020(array()), in2020(array({ items: true })), [], []],
  ['2020-12: false', in2020(array()), in2020(array({ items: false })), ['ADDITIONAL_ITEMS_REMOVED #/additionalItems'], []],
  ['additionalItems says nothing where items are not listed', array(), array({ additionalItems: { $ref: '#/nowhere' } }), [], []],
  ['of a type, as a keyword alone', { items: text }, { items: text, type: 'array' }, [], []],
])

judged('items one by one', [
  ['added where anything may follow', tuple([text]), tuple([text, text]), ['ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1'], []],
  ['that may be anything', tuple([text]), tuple([text, {}]), [], []],
  [
    'added where nothing may follow',
    tuple([text], false),
    tuple([text, text], false),
    [],
    ['ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1'],
  ],
  ['that may not be there', tuple([text], false), tuple([text, false], false), [], []],
  ['covered', tuple([text], text), tuple([text, text], text), [], []],
  [
    'not covered',
    tuple([text], text),
    tuple([text, { type: 'null' }], text),
    ['TYPE_CHANGED #/items/1', 'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1'],
    ['TYPE_CHANGED #/items/1', 'ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1'],
  ],
  ['of another type', tuple([text, text]), tuple([text, { type: 'null' }]), ['TYPE_CHANGED #/items/1'], ['TYPE_CHANGED #/items/1']],
  [
    '2020-12: prefixItems',
    in2020(array({ prefixItems: [text], items: false })),
    in2020(array({ prefixItems: [text, text], items: false })),
    [],
    ['ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1'],
  ],
  ['from a list in draft 7 to prefixItems', tuple([text], text), in2020(array({ prefixItems: [text], items: text })), [], []],
])

const unevaluated = (schema: unknown, items: readonly unknown[] = [text]): object =>
  in2020(array({ prefixItems: items, unevaluatedItems: schema }))

judged('what an array allows behind its items', [
  ['closed', tuple([text]), tuple([text], false), ['ADDITIONAL_ITEMS_REMOVED #/additionalItems'], []],
  ['narrowed', tuple([text]), tuple([text], text), ['ADDITIONAL_ITEMS_NARROWED #/additionalItems'], []],
  [
    'another schema',
    tuple([text], { type: 'null' }),
    tuple([text], text),
    ['TYPE_CHANGED #/additionalItems'],
    ['TYPE_CHANGED #/additionalItems'],
  ],
  ['unevaluated, closed', unevaluated(true), unevaluated(false), ['UNEVALUATED_ITEMS_REMOVED #/unevaluatedItems'], []],
  ['unevaluated, narrowed', unevaluated({}), unevaluated(text), ['UNEVALUATED_ITEMS_NARROWED #/unevaluatedItems'], []],
  [
    'unevaluated, another schema',
    unevaluated({ type: 'null' }),
    unevaluated(text),
    ['TYPE_CHANGED #/unevaluatedItems'],
    ['TYPE_CHANGED #/unevaluatedItems'],
  ],
  [
    'an item where unevaluatedItems is closed',
    unevaluated(false),
    unevaluated(false, [text, text]),
    [],
    ['ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1'],
  ],
  ['an item that unevaluatedItems covers', unevaluated(text), unevaluated(text, [text, text]), [], []],
])

judged('how many items there are', [
  ['maxItems added', array(), array({ maxItems: 3 }), ['MAX_ITEMS_ADDED #/maxItems'], []],
  ['maxItems lowered', array({ maxItems: 3 }), array({ maxItems: 2 }), ['MAX_ITEMS_DECREASED #/maxItems'], []],
  ['minItems added', array(), array({ minItems: 3 }), ['MIN_ITEMS_ADDED #/minItems'], []],
  ['minItems raised', array({ minItems: 3 }), array({ minItems: 4 }), ['MIN_ITEMS_INCREASED #/minItems'], []],
  ['uniqueItems added', array(), array({ uniqueItems: true }), ['UNIQUE_ITEMS_ADDED #/uniqueItems'], []],
  ['uniqueItems said to be off', array(), array({ uniqueItems: false }), [], []],
])

judged('how many items are of a kind', [
  ['contains added', in2019(array()), in2019(array({ contains: text })), ['MIN_CONTAINS_ADDED #/minContains'], []],
  [
    'minContains raised from one',
    in2019(array({ contains: text })),
    in2019(array({ contains: text, minContains: 2 })),
    ['MIN_CONTAINS_INCREASED #/minContains'],
    [],
  ],
  [
    'maxContains added',
    in2019(array({ contains: text })),
    in2019(array({ contains: text, maxContains: 2 })),
    ['MAX_CONTAINS_ADDED #/maxContains'],
    [],
  ],
  [
    'maxContains lowered',
    in2019(array({ contains: text, maxContains: 3 })),
    in2019(array({ contains: text, maxContains: 2 })),
    ['MAX_CONTAINS_DECREASED #/maxContains'],
    [],
  ],
  ['without contains they say nothing', in2019(array()), in2019(array({ minContains: 2, maxContains: 2 })), [], []],
  ['draft 7: contains is not looked at', array(), array({ contains: text }), [], []],
])
