import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import { attachmentsMax } from '../../../../schemas/limits.ts'
import type { AcceptedFiles } from '../../../../schemas/protocol/widget.ts'

/** The fault of a file that is not sent. */
export type UploadFault = 'noFiles' | 'fileTooLarge' | 'fileType' | 'fileFailed'

/** A file that is sent to the gateway, to go with the next message. */
export interface Upload {
  file: File
  /** From 0 to 1. */
  progress: number
  attachment?: Attachment
  fault?: UploadFault
}

export interface UploadPlace {
  url: string
  headers: Record<string, string>
}

/** The files that go with the next message. */
export class Uploads {
  list: readonly Upload[] = []
  readonly #place: () => UploadPlace
  readonly #changed: () => void
  readonly #requests = new Map<Upload, XMLHttpRequest>()

  constructor(place: () => UploadPlace, changed: () => void) {
    this.#place = place
    this.#changed = changed
  }

  get isRunning(): boolean {
    return this.list.some(({ attachment, fault }) => !attachment && !fault)
  }

  /** The files that have arrived; `undefined`: none. */
  get attachments(): Attachment[] | undefined {
    const arrived = this.list.flatMap(({ attachment }) => attachment ?? [])
    return arrived.length > 0 ? arrived : undefined
  }

  /** As many as a message may have. */
  add(files: Iterable<File>, accepted: AcceptedFiles | undefined): void {
    for (const file of files) {
      if (this.list.length >= attachmentsMax) break
      const upload: Upload = { file, progress: 0 }
      this.list = [...this.list, upload]
      if (!accepted) upload.fault = 'noFiles'
      else if (file.size > accepted.bytesMax) upload.fault = 'fileTooLarge'
      else if (isRefusedPicture(file, accepted)) upload.fault = 'fileType'
      else this.#send(upload)
    }
    this.#changed()
  }

  retry(upload: Upload): void {
    delete upload.fault
    this.#send(upload)
    this.#changed()
  }

  remove(upload: Upload): void {
    this.list = this.list.filter((other) => other !== upload)
    this.#requests.get(upload)?.abort()
    this.#changed()
  }

  /** The files that have arrived, which leave the list. */
  take(): Attachment[] | undefined {
    const { attachments } = this
    this.list = this.list.filter(({ attachment }) => !attachment)
    this.#changed()
    return attachments
  }

  clear(): void {
    for (const upload of this.list) this.remove(upload)
  }

  /** Not `fetch`: it does not tell of progress. */
  #send(upload: Upload): void {
    const { url, headers } = this.#place()
    const request = new XMLHttpRequest()
    this.#requests.set(upload, request)
    request.open('POST', url)
    for (const name in headers) request.setRequestHeader(name, headers[name] as string)
    request.upload.onprogress = ({ loaded, total }) => {
      upload.progress = loaded / total
      this.#changed()
    }
    request.onloadend = () => {
      this.#requests.delete(upload)
      const { status } = request
      if (status === 201) upload.attachment = JSON.parse(request.response)
      else
        upload.fault =
          status === 413 ? 'fileTooLarge' : status === 415 || status === 422 ? 'fileType' : 'fileFailed'
      this.#changed()
    }
    const form = new FormData()
    form.set('file', upload.file)
    request.send(form)
  }
}

/** The gateway decides about other files, by their content: what browsers call a table or a script depends on the system. */
function isRefusedPicture({ type }: File, { types }: AcceptedFiles): boolean {
  return type.startsWith('image/') && !types.includes('image/*') && !types.includes(type)
}

/** Types that every browser shows, and in which it runs nothing. */
export function isPicture({ type }: { type: string }): boolean {
  return /^image\/(png|jpeg|gif|webp|avif)$/.test(type)
}

/** `1.2 MB`, in a language. */
export function sizeText(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes || 1) / 3))
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] as string,
    // Short, English has "5 byte".
    unitDisplay: power > 0 ? 'short' : 'long',
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1000 ** power)
}
