import { fileTypeFromBuffer } from 'file-type'

/** The bytes at the beginning of a file that its type is decided by. */
export const headBytes = 64 * 1024

export interface FileType {
  /** As the content says. */
  type: string
  /** The endings of names that go with it; the first is the usual one. */
  endings: string[]
  isText: boolean
}

/** Texts are told apart by their names: a text has no signature. */
const texts: Record<string, string[]> = {
  'text/plain': ['txt', 'log', 'md', 'text', 'ini', 'conf', 'yaml', 'yml', 'eml', 'srt', 'vtt', 'ics', 'vcf'],
  'text/csv': ['csv', 'tsv'],
  'application/json': ['json'],
}

const openXml = 'application/vnd.openxmlformats-officedocument'
/** Office documents are ZIP archives that begin with one of these entries. */
const archives: Record<string, string> = {
  docx: `${openXml}.wordprocessingml.document`,
  xlsx: `${openXml}.spreadsheetml.sheet`,
  pptx: `${openXml}.presentationml.presentation`,
}

/** Types that other programs call otherwise. */
const sameAs: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/apng': 'image/png',
  'image/heif': 'image/heic',
  'audio/mp3': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'video/x-m4v': 'video/mp4',
  'audio/webm': 'video/webm',
  'video/ogg': 'audio/ogg',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
}
const moreEndings: Record<string, string[]> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png', 'apng'],
  'image/heic': ['heic', 'heif'],
  'audio/mp4': ['m4a', 'mp4'],
  'video/mp4': ['mp4', 'm4v'],
  'audio/ogg': ['ogg', 'oga', 'opus', 'ogv'],
  'video/quicktime': ['mov', 'qt'],
}

/**
 * The type of a file by the bytes at its beginning; `null`: none that is known, or they deny what was claimed.
 *
 * @param claimed the type that the sender names; empty, or of bytes: none
 */
export async function fileTypeOf(head: Uint8Array, claimed: string, name: string): Promise<FileType | null> {
  const claim = normal(claimed)
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found) {
    const type = normal(found.mime)
    const isOffice = type === 'application/zip' && Object.hasOwn(archives, ending) && isOpenXml(head)
    const sniffed = isOffice ? (archives[ending] as string) : type
    if (claim !== '' && claim !== sniffed && !(isOffice && claim === type)) return null
    const endings = isOffice ? [ending] : (moreEndings[type] ?? [found.ext])
    return hugePicture(type, head) ? null : { type: sniffed, endings, isText: false }
  }
  if (!isText(head) || isMarkup(head)) return null
  const type = Object.keys(texts).find((each) => texts[each]?.includes(ending)) ?? 'text/plain'
  // Other types of texts, such as scripts, are plain texts only if nobody calls them otherwise.
  if (claim !== '' && claim !== type && !Object.hasOwn(texts, claim) && claim !== 'text/markdown') return null
  return { type, endings: texts[type] as string[], isText: true }
}

/** Whether a list such as `image/*`, `application/pdf` has the type. */
export function isAccepted(type: string, accepted: readonly string[]): boolean {
  return accepted.includes(type) || accepted.includes(`${type.split('/')[0]}/*`)
}

function normal(type: string): string {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? ''
  return plain === 'application/octet-stream' ? '' : (sameAs[plain] ?? plain)
}

/** Whether the first entry of an archive is one that only office programs write. */
function isOpenXml(head: Uint8Array): boolean {
  const first = Buffer.from(head.subarray(30, 60)).toString('latin1')
  return /^(\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|xl\/|ppt\/)/.test(first)
}

/** Whether nothing at the beginning is a control character that texts do not have; later bytes are checked as they come. */
function isText(head: Uint8Array): boolean {
  return !head.some(
    (byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27,
  )
}

/** Browsers look at the first 512 bytes, or a little more (WHATWG MIME Sniffing). */
const sniffedBytes = 1_500

/** Whether a browser that ignores the type would take it for a page, a picture with scripts, or a script. */
function isMarkup(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, sniffedBytes)).toString('latin1').toLowerCase()
  return (
    /^[\s\xef\xbb\xbf]*(<[a-z!?/]|#!)/.test(text) ||
    /<(script|svg|html|body|iframe|object|embed|!doctype html|\?php)\b/.test(text)
  )
}

/** The most pixels of a picture: a browser that shows it has four bytes for each. */
const pixelsMax = 100_000_000

/** Whether a small file would be a huge picture. Formats of which only a program knows are left to the browser. */
function hugePicture(type: string, bytes: Uint8Array): boolean {
  const [width, height] = sizeOf(type, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  return width * height > pixelsMax
}

function sizeOf(type: string, head: Buffer): [number, number] {
  if (type === 'image/png' && head.length >= 24) return [head.readUInt32BE(16), head.readUInt32BE(20)]
  if (type === 'image/gif' && head.length >= 10) return [head.readUInt16LE(6), head.readUInt16LE(8)]
  if (type === 'image/webp' && head.length >= 30 && head.toString('latin1', 12, 16) === 'VP8X')
    return [head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1]
  if (type === 'image/jpeg')
    for (let at = 2; at + 9 <= head.length && head[at] === 0xff; at += 2 + head.readUInt16BE(at + 2)) {
      const marker = head[at + 1] as number
      // Frames but tables (c4, c8, cc).
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
        return [head.readUInt16BE(at + 7), head.readUInt16BE(at + 5)]
    }
  return [0, 0]
}
