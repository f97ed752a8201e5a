import { externalIdLengthMax } from '../../../schemas/conversation/customer.ts'
import type { LoginError } from '../../../schemas/protocol/widget.ts'
import { type Failure, failure } from '../../../schemas/result.ts'

interface RefusalKind {
  /** HTTP statuses: the usual one first. */
  statuses?: readonly [number, ...number[]]
  /** The code that a WebSocket is closed with. */
  closeCode?: number
  message: string
}

/**
 * Every refusal of the gateway, of HTTP requests and of frames. The codes, statuses and close codes are the
 * protocol's (PROTOCOL.md); a message is for people and may be replaced where it is refused.
 */
export const refusals = {
  invalid: { statuses: [422, 400], message: 'some fields are not valid' },
  not_json: { statuses: [400, 415], message: 'the body is not valid JSON' },
  too_large: { statuses: [413, 500], message: 'the body is too large' },
  not_found: { statuses: [404], message: 'not found' },
  unavailable: { statuses: [503], closeCode: 1013, message: 'NATS does not answer: try again' },
  failed: { statuses: [500], message: 'the request failed; the log of the gateway says why' },

  sign_in_needed: { statuses: [401], closeCode: 4401, message: 'sign in again' },
  sign_in_refused: { statuses: [401], message: 'the request has neither a code nor a token' },
  too_many_sign_ins: {
    statuses: [429],
    message: 'too many sign-ins have failed: try again after the seconds of Retry-After',
  },
  not_allowed: { statuses: [403], message: 'your role does not allow this' },
  origin_refused: {
    statuses: [403],
    closeCode: 4405,
    message:
      'only the gateway’s own pages may ask this (behind a proxy: those of FRONTDESK_PUBLIC_URL), or a JWT as Authorization: Bearer',
  },

  revision_needed: {
    statuses: [428],
    message: 'If-Match must name the revision that was edited, as in "12"; a new one needs If-None-Match: *',
  },
  changed_meanwhile: { statuses: [412], message: 'the document was changed meanwhile' },
  too_many_keys: { statuses: [409], message: 'no more keys can be made: revoke one first' },

  files_off: { statuses: [403], message: 'files are not accepted here' },
  file_missing: { statuses: [400], message: 'the form has no file, or names no conversation before it' },
  file_too_large: { statuses: [413], message: 'the file is too large' },
  file_type: { statuses: [415], message: 'files of this type are not accepted' },
  file_refused: { statuses: [422], message: 'the scanner of files does not accept it' },
  file_unchecked: { statuses: [503], message: 'the scanner of files does not answer: try again' },
  too_many_uploads: { statuses: [429], message: 'too many uploads at once: try again' },
  too_many_file_bytes: { statuses: [429], message: 'too many bytes of files today' },

  no_address: { statuses: [409], message: 'the dead letter does not say its conversation and type' },
  no_machine: { statuses: [409], message: 'the machine is not available here' },
  not_drawn: { statuses: [422], message: 'the machine cannot be drawn' },
  busy: { statuses: [503], message: 'too many questions are asked at once: try again' },
  too_many: { statuses: [503], message: 'too many conversations are open: close some' },

  too_many_connections: { statuses: [429, 503], message: 'too many connections' },
  hello_expected: { closeCode: 4400, message: 'the first frame, and only the first, is hello' },
  unknown_channel: { closeCode: 4404, message: 'there is no such channel' },
  login_needed: {
    closeCode: 4406,
    message: 'only customers who have logged in may begin a conversation here',
  },
  hello_timeout: { closeCode: 4408, message: 'no hello within 10 seconds' },
  session_invalid: { closeCode: 4401, message: 'this session is not valid or has ended: begin without it' },
  logged_out: { closeCode: 4403, message: 'this session has logged out' },
  conversation_erased: { closeCode: 4410, message: 'the conversation was erased' },
  after_unknown: {
    closeCode: 4409,
    message:
      'the conversation has no record with the number of after: drop its records, and begin with after 0',
  },
  too_slow: { closeCode: 4413, message: 'too many bytes wait to be read' },
  too_fast: { closeCode: 4429, message: 'too many frames wait to be handled' },
  too_many_conversations: {
    closeCode: 4429,
    message: 'the address has begun too many conversations, or has too many open requests: come back later',
  },
  frame_invalid: { message: 'a frame is a JSON object' },
  unknown_conversation: { message: 'this workspace has no request of this conversation' },
  not_yours: { message: 'the conversation is not this customer’s, or nobody has logged in' },
  attachment_unknown: { message: 'a file was not uploaded for this conversation, or too long ago' },
  too_many_open: { message: 'too many conversations are open: close one first' },

  login_malformed: { message: 'the token is not a JWT' },
  login_algorithm: { message: 'the header’s alg is not HS256' },
  login_unknown_key: { message: 'no key has this kid, or it was revoked' },
  login_signature: { message: 'the signature does not match this key' },
  login_expired: { message: 'exp has passed' },
  login_scope: { message: 'scope is not "user"' },
  login_external_id: { message: `external_id is not a text of 1 to ${externalIdLengthMax} characters` },
  login_claims: { message: 'a claim has a wrong type or is too long' },
  login_other_customer: {
    message: 'this conversation belongs to another customer: log out, or begin a new one',
  },
} as const satisfies Record<string, RefusalKind> & Record<LoginError, RefusalKind>

export type RefusalCode = keyof typeof refusals
/** The codes that a request is refused with. */
export type HttpRefusalCode = CodeWith<'statuses'>
/** The codes that a WebSocket is closed with. */
export type ClosingCode = CodeWith<'closeCode'>

type CodeWith<Field extends keyof RefusalKind> = {
  [C in RefusalCode]: Field extends keyof (typeof refusals)[C] ? C : never
}[RefusalCode]

/** A refusal with one of these codes. */
export interface GatewayError<C extends RefusalCode = RefusalCode> extends Failure {
  code: C
}

/** @param message in the place of the code's own */
export function refusal<C extends RefusalCode>(
  code: C,
  message: string = refusals[code].message,
): { ok: false; error: GatewayError<C> } {
  return failure({ code, message })
}

export function isHttpRefusal(code: unknown): code is HttpRefusalCode {
  return typeof code === 'string' && code in refusals && 'statuses' in refusals[code as RefusalCode]
}
