/** Limits that schemas and pages share: no zod in here, so that a page may import it. Lengths are in Unicode code points. */

/** The most characters of a text that a customer or an agent writes. */
export const textLengthMax = 4096
/** The most files of a message, and characters of a file's name and of its type. */
export const attachmentsMax = 10
export const fileNameLengthMax = 200
export const fileTypeLengthMax = 127
/** The most files of a conversation's messages: each record names all of them. */
export const conversationFilesMax = 200
/** The most characters of a customer's answer to a field of a form. */
export const answerLengthMax = 1000
/**
 * The most events of customers, agents and bots that a conversation accepts; later messages are refused. A client that
 * comes back without its records reads all of them.
 */
export const conversationEventsMax = 5_000
/** The most fields of a form that a customer sends; no form has as many. */
export const sentFieldsMax = 50
/** The most tags of a request, and characters of each. */
export const tagsMax = 20
export const tagLengthMax = 64
/** The most characters of a customer's name. */
export const nameLengthMax = 255
/** The most characters of an agent's id or name, and of the reason of a release. */
export const agentFieldLengthMax = 255
/** The most characters of a text that an administrator writes for customers. */
export const configuredTextLengthMax = 4096
/** The most characters of a name, a label or an option that an administrator writes. */
export const labelLengthMax = 255
/** The most characters of a key's name. */
export const keyNameLengthMax = 255

/** The largest frame that a client may send, in bytes. */
export const frameBytesMax = 64 * 1024
/**
 * The most characters of a frame's `locale`. A language tag has at most 35 (RFC 5646, 4.4.1): for a longer
 * one the engine speaks its default language.
 */
export const localeLengthMax = 255
/** The most characters of a page's title and URL. */
export const titleLengthMax = 255
export const urlLengthMax = 2_048
/** How long "is typing" holds, in milliseconds. */
export const typingMs = 5_000
/** The shortest time between two "is typing" that are passed on, in milliseconds. */
export const typingPauseMs = 2_000
/**
 * How long a customer's sign of life holds, in milliseconds: the idle reminders count from its end. It is also the
 * shortest time between two that the gateway stores for a customer who goes on typing.
 */
export const activeMs = 60_000

/** The most attributes of a customer that a client sends, or a channel names, and characters of each text. */
export const attributesMax = 20
export const attributeLengthMax = 255

/** A conversation may be rated for so long after its end, in milliseconds. */
export const ratedWithinMs = 7 * 86_400_000

/** The most events of the customer in a preview of a bot. */
export const previewEventsMax = 50
/** The most events of one what-if. */
export const whatIfEventsMax = 50
/** The most levels of a payload that is shown, exported or decided as a what-if; see parsePayload. */
export const payloadLevelsMax = 64

/** The most conversations that a workspace may let one agent have at a time. */
export const capacityMax = 100
