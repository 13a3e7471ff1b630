import { httpOption } from '../server/addresses.ts'

/** How commands are told which registry to talk to, and as whom. Secrets come by the environment. */
export const registryOptions = {
  registry: {
    type: 'string',
    value: 'URL',
    doc: "A registry that speaks Confluent's protocol, by default the server. HEADGATE_REGISTRY",
  },
  user: { type: 'string', value: 'NAME', doc: 'Basic authentication, with the password in HEADGATE_REGISTRY_PASSWORD.' },
  ca: { type: 'string', value: 'FILE', doc: 'PEM certificates of authorities to trust beside the well-known ones.' },
  ...httpOption,
} as const

/** What the help of these commands says about secrets. */
export const registryDetails = [
  'A user and a password may stand in the URL; a bearer token is taken from HEADGATE_REGISTRY_TOKEN when no user is named.',
] as const
