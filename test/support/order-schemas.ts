/** An order that refers to the schema of its price, in one language. */
export interface OrderSchemas {
  readonly type: 'AVRO' | 'JSON' | 'PROTOBUF'
  readonly money: string
  /** How the schema of an order names `money`. */
  readonly reference: string
  readonly order: string
  /** As `order`, and a note that may be missing. */
  readonly orderWithNote: string
  /** Not a version that may follow `order`. */
  readonly broken: string
  /** A payload that no order has. */
  readonly badPayload: string
}

const avroOrder = (...more: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'id', type: 'int' }, { name: 'item', type: 'string' }, { name: 'price', type: 'shop.Money' }, ...more],
  })
const jsonOrder = (more: object = {}): string =>
  JSON.stringify({
    type: 'object',
    properties: { id: { type: 'integer' }, item: { type: 'string' }, price: { $ref: 'https://shop.example/money.json' }, ...more },
    required: ['id', 'item', 'price'],
    additionalProperties: false,
  })
const protobufOrder = (more = ''): string =>
  `syntax = "proto3"; package shop; import "money.proto"; message Order { int32 id = 1; string item = 2; Money price = 3; ${more} }`

export const orderSchemas: readonly OrderSchemas[] = [
  {
    type: 'AVRO',
    money: JSON.stringify({ type: 'record', name: 'Money', namespace: 'shop', fields: [{ name: 'cents', type: 'int' }] }),
    reference: 'shop.Money',
    order: avroOrder(),
    orderWithNote: avroOrder({ name: 'note', type: ['null', 'string'], default: null }),
    broken: avroOrder({ name: 'note', type: 'string' }),
    badPayload: '02',
  },
  {
    type: 'JSON',
    money: JSON.stringify({ $id: 'https://shop.example/money.json', type: 'object', properties: { cents: { type: 'integer' } } }),
    reference: 'https://shop.example/money.json',
    order: jsonOrder(),
    orderWithNote: jsonOrder({ note: { type: 'string' } }),
    broken: jsonOrder({ id: { type: 'string' } }),
    badPayload: Buffer.from('{"id":"one","item":"pen","price":{}}').toString('hex'),
  },
  {
    type: 'PROTOBUF',
    money: 'syntax = "proto3"; package shop; message Money { int32 cents = 1; }',
    reference: 'money.proto',
    order: protobufOrder(),
    orderWithNote: protobufOrder('optional string note = 4;'),
    broken: protobufOrder().replace('int32 id', 'string id'),
    badPayload: '0a01',
  },
]

export const orders = [
  { id: 1, item: 'pen', price: { cents: 150 } },
  { id: 2, item: 'ink', price: { cents: 20 } },
]
/** As tables hold them. */
export const orderRows = orders.map(({ id, item, price }) => ({ id: BigInt(id), item, price: { cents: BigInt(price.cents) } }))
