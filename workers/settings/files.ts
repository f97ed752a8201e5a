import { z } from 'zod'
import type { S3Place } from '../files/s3-files.ts'
import { label, readValues, type Values, type Variable, WrongSetting, wholeNumber } from './variable.ts'

/** The place of files; `undefined`: NATS. */
export type FilePlace = S3Place | undefined

const placeVariables = {
  place: {
    name: 'FRONTDESK_FILES',
    help: 'where the files of messages are stored: s3://bucket/prefix; default NATS',
    allowed: 's3://bucket or s3://bucket/prefix',
    schema: z
      .string()
      .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9_./-]*)?$/)
      .optional(),
  },
  endpoint: {
    name: 'FRONTDESK_S3_ENDPOINT',
    help: 'the URL of the service; default https://s3.<region>.amazonaws.com',
    allowed: 'an http or https URL',
    schema: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  },
  region: label('FRONTDESK_S3_REGION', 'us-east-1', 'its region; default us-east-1'),
  accessKeyId: {
    name: 'AWS_ACCESS_KEY_ID',
    help: 'the key of S3',
    allowed: 'a text',
    schema: z.string().optional(),
    isSecret: true,
  },
  secretAccessKey: {
    name: 'AWS_SECRET_ACCESS_KEY',
    help: 'and its secret',
    allowed: 'a text',
    schema: z.string().optional(),
    isSecret: true,
  },
} satisfies Record<string, Variable>

export const filePlaceVariables: Variable[] = Object.values(placeVariables)

/** Throws WrongSetting. */
export function readFilePlace(env: NodeJS.ProcessEnv): FilePlace {
  const { place, endpoint, region, accessKeyId, secretAccessKey } = readValues(placeVariables, env)
  if (place === undefined) return undefined
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new WrongSetting(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set: FRONTDESK_FILES needs both',
    )
  const [bucket = '', ...prefix] = place.slice('s3://'.length).split('/')
  return {
    bucket,
    prefix: prefix.filter(Boolean).join('/'),
    endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
    region,
    accessKeyId,
    secretAccessKey,
  }
}

/** The types that are accepted where nothing else is set; `image/*` would be any of a kind. */
const usualTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/heic',
  'application/pdf',
  'text/plain',
  'text/csv',
  'application/json',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'video/mp4',
  'video/quicktime',
  'video/webm',
]

const byteCount = (name: string, byDefault: number, help: string) =>
  wholeNumber(name, [1_024, 1_000_000_000_000], byDefault, `${help}; default ${byDefault}`)

const uploadVariables = {
  bytesMax: byteCount('FRONTDESK_FILE_BYTES_MAX', 25_000_000, 'most bytes of a file'),
  /** The types that are accepted, as the content says. */
  types: {
    name: 'FRONTDESK_FILE_TYPES',
    help: 'types of files that are accepted, with commas between, such as image/*, application/pdf; default images, PDF, texts, office, audio and video; empty: none',
    allowed: 'types such as application/pdf or image/*, with commas between',
    schema: z
      .string()
      .default(usualTypes.join(','))
      .transform((list) => list.split(',').map((type) => type.trim().toLowerCase()))
      .pipe(z.array(z.string().regex(/^[a-z]+\/(\*|[a-z0-9.+-]+)$/))),
  },
  /** Whether customers may upload, too. */
  ofCustomers: {
    name: 'FRONTDESK_CUSTOMER_FILES',
    help: '0: only agents may send files; default 1',
    allowed: '1, true, 0 or false',
    schema: z
      .enum(['1', 'true', '0', 'false'])
      .transform((value) => value === '1' || value === 'true')
      .default(true),
  },
  /** Says of each file whether it may be shown. */
  scanner: {
    name: 'FRONTDESK_FILE_SCANNER',
    help: 'a URL that each file is posted to; only one that it answers with {"clean": true} is accepted; default none',
    allowed: 'an http or https URL',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    isSecret: true,
  },
  uploadsMax: wholeNumber(
    'FRONTDESK_UPLOADS_MAX',
    [1, 10_000],
    32,
    'most uploads of a gateway at once; default 32',
  ),
  uploadsPerAddressMax: wholeNumber(
    'FRONTDESK_UPLOADS_PER_ADDRESS_MAX',
    [1, 10_000],
    8,
    'most of one address; default 8',
  ),
  bytesPerSecondPerAddressMax: byteCount(
    'FRONTDESK_FILE_BYTES_PER_SECOND_PER_ADDRESS_MAX',
    5_000_000,
    'most bytes of files a second of one address',
  ),
  bytesPerDayPerAddressMax: byteCount(
    'FRONTDESK_FILE_BYTES_PER_DAY_PER_ADDRESS_MAX',
    500_000_000,
    'and in a day, this machine’s excepted',
  ),
  bytesPerDayPerConversationMax: byteCount(
    'FRONTDESK_FILE_BYTES_PER_DAY_PER_CONVERSATION_MAX',
    100_000_000,
    'most bytes of files in a day of one side of a conversation',
  ),
} satisfies Record<string, Variable>

export const uploadVariableList: Variable[] = Object.values(uploadVariables)

export interface FileSettings extends Values<typeof uploadVariables> {
  place: FilePlace
}

/** Throws WrongSetting. */
export function readFileSettings(env: NodeJS.ProcessEnv): FileSettings {
  return { ...readValues(uploadVariables, env), place: readFilePlace(env) }
}
