/**
 * The bytes of base64 text (RFC 4648: standard alphabet, padded, nothing else in between); undefined when it is not.
 * Node's decoder skips what it does not know, so the text is checked first.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  return text.length % 4 === 0 && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
