import { randomUUID } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { RegistryError, registryErrors } from '../registry-error.ts'
import { acceptedType, answerTypes } from './media-types.ts'

/** Answers JSON text in the type that the client likes best; throws 406 when it takes none of ours. */
export function answer(request: FastifyRequest, reply: FastifyReply, text: string | undefined): FastifyReply {
  const type = acceptedType(request.headers.accept)
  if (type === undefined) throw registryErrors.notAcceptable()
  reply.header('x-request-id', requestIdOf(request))
  return text === undefined ? reply.code(204).send() : send(reply, type, text)
}

/** Every failure in the registry's shape, whoever noticed it. */
export function answerError(
  error: FastifyError | RegistryError | HeadgateError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { errorCode, httpStatus, message } = registryError(error)
  reply.code(httpStatus).header('x-request-id', requestIdOf(request))
  return send(reply, acceptedType(request.headers.accept) ?? answerTypes[0], JSON.stringify({ error_code: errorCode, message }))
}

/** As bytes: to a type of text Fastify would add a charset, which the original's types do not have. */
function send(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.header('content-type', type).send(Buffer.from(text))
}

function registryError(error: FastifyError | RegistryError | HeadgateError): RegistryError {
  if (error instanceof RegistryError) return error
  if (error instanceof HeadgateError) return registryErrors.storeFailed(error.message)
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return registryErrors.unsupportedMediaType()
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return registryErrors.tooLarge(limits.registryBodyBytesMax)
    default: {
      const status = error.statusCode ?? 500
      return new RegistryError(status, status === 500 ? 'HTTP 500 Internal Server Error' : error.message)
    }
  }
}

/** The client's own, when it has one that fits into a header, so that its logs and ours can be matched. */
function requestIdOf({ headers }: FastifyRequest): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID()
}
