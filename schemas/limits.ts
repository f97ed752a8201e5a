/** Limits that schemas and pages share: no zod in here, so that a page may import it. Lengths are in Unicode code points. */

/** Of a text that a customer or an agent writes. */
export const textLengthMax = 4096
/** Of an agent's id or name, and of a release's reason. */
export const agentFieldLengthMax = 255
/** Of a text that an administrator writes for customers. */
export const configuredTextLengthMax = 4096
/** Of a name, a label and an option that an administrator writes. */
export const labelLengthMax = 255
/** Of the name of a key. */
export const keyNameLengthMax = 255

/** The largest frame that a client may send, in bytes. */
export const frameBytesMax = 64 * 1024
/**
 * Of the `locale` of a frame. A language tag has at most 35 characters (RFC 5646, 4.4.1): a client may send more, and
 * the engine speaks its default language then.
 */
export const localeLengthMax = 255
/** Of what a page says of itself. */
export const titleLengthMax = 255
export const urlLengthMax = 2_048
/** How long "is typing" holds, in milliseconds. */
export const typingMs = 5_000
/** The shortest time between two "is typing" that are passed on, in milliseconds. */
export const typingPauseMs = 2_000

/** The most that a customer does in the preview of a bot. */
export const previewEventsMax = 50
/** The most events of one what-if. */
export const whatIfEventsMax = 50
