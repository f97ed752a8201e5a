import type { TemplateResult } from 'lit/html.js'
import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import type { AcceptedFiles } from '../../../../schemas/protocol/widget.ts'
import { isPicture, sizeText, type UploadPlace, Uploads } from '../../base/files/uploads.ts'
import type { WidgetView } from '../view.ts'
import { html, render } from './lit.ts'
import { inWords } from './more-words.ts'

/** The paths of the buttons' pictures, on a grid of 24. */
const attachPath =
  'M20 11l-8.5 8.5a5.5 5.5 0 0 1-8-8L12 3a3.7 3.7 0 0 1 5.3 5.3L9 16.6A1.8 1.8 0 0 1 6.3 14L14 6.5'

const closePath = 'M6 6l12 12M18 6L6 18'

/** How a session sends and shows files. */
export class FileParts {
  /** The token of the session, as it was renewed last. */
  session = ''
  readonly uploads: Uploads
  readonly #accepted: AcceptedFiles | undefined
  readonly #listening = new WeakSet<ShadowRoot>()
  readonly #place: () => UploadPlace
  readonly #urls = new Map<string, Promise<string>>()

  constructor(accepted: AcceptedFiles | undefined, gateway: string, hosts: { update(): void }) {
    const place = () => ({
      url: `${gateway}v1/files`,
      headers: { authorization: `Bearer ${this.session}` },
    })
    this.#accepted = accepted
    this.#place = place
    this.uploads = new Uploads(place, () => hosts.update())
  }

  /** The button that adds files, and those that go with the next message. */
  composer(view: WidgetView): TemplateResult {
    this.#listen(view.root)
    const pick = ({ currentTarget }: Event) =>
      ((currentTarget as HTMLElement).nextElementSibling as HTMLInputElement).click()
    const picked = ({ target }: Event) => {
      const input = target as HTMLInputElement
      this.#add([...(input.files ?? [])])
      input.value = ''
    }
    const list = this.uploads.list.length > 0 ? this.#uploading(view) : ''
    if (!this.#accepted) return html`${list}`
    return html`${list}
      <button class="attach" part="attach" aria-label=${inWords(view).attach} @click=${pick}>${this.#icon(attachPath)}</button>
      <input type="file" multiple hidden @change=${picked} />`
  }

  #icon(path: string): TemplateResult {
    return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${path}></path></svg>`
  }

  /** Files that are pasted or dropped somewhere in the widget. */
  #listen(root: ShadowRoot): void {
    if (this.#listening.has(root)) return
    this.#listening.add(root)
    root.addEventListener(
      'paste',
      (event) => {
        const { clipboardData } = event as ClipboardEvent
        // A spreadsheet's cells come as a picture, too.
        if (!clipboardData?.files.length || clipboardData.getData('text')) return
        event.stopPropagation()
        event.preventDefault()
        if (root.querySelector('.composer')) this.#add(clipboardData.files)
      },
      true,
    )
    root.addEventListener('dragover', (event) => event.preventDefault())
    root.addEventListener('drop', (event) => {
      event.preventDefault()
      const { files } = (event as DragEvent).dataTransfer ?? {}
      if (files && root.querySelector('.composer')) this.#add(files)
    })
  }

  #add(files: Iterable<File>): void {
    this.uploads.add(files, this.#accepted)
  }

  /** The files of a message: pictures small, others by name and size. The pictures come later. */
  shown(view: WidgetView, attachments: readonly Attachment[]): TemplateResult[] {
    const { locale, root } = view
    this.#listen(root)
    queueMicrotask(() => this.#loadPictures(root))
    return attachments.map((file) => {
      const { id, name, size } = file
      const open = () => this.#open(root, file, inWords(view).closeFile)
      return isPicture(file)
        ? html`<button class="picture" aria-label=${name} @click=${open}><img data-file=${id} alt="" /></button>`
        : html`<button class="file" part="file" @click=${open}>
            <span dir="auto">${name}</span> <small>${sizeText(size, locale)}</small>
          </button>`
    })
  }

  /** The files that go with the next message. */
  #uploading(view: WidgetView): TemplateResult {
    const { locale } = view
    const words = inWords(view)
    const { uploads } = this
    const limit = sizeText(this.#accepted?.bytesMax ?? 0, locale)
    return html`<ul class="uploads">
      ${uploads.list.map((upload) => {
        const { file, progress, attachment, fault } = upload
        const state = attachment
          ? html`<small>${sizeText(file.size, locale)}</small>`
          : html`<progress aria-label=${file.name} value=${progress}></progress>`
        const failed =
          fault && html`<em class="error" role="alert">${words[fault].replace('{{size}}', limit)}</em>`
        return html`<li>
          <span dir="auto" title=${file.name}>${file.name}</span>
          ${fault ? '' : state}
          ${
            fault === 'fileFailed'
              ? html`<button class="retry" @click=${() => uploads.retry(upload)}>${words.retry}</button>`
              : ''
          }
          <button aria-label="${words.remove}: ${file.name}" @click=${() => uploads.remove(upload)}>${this.#icon(closePath)}</button>
          ${failed ?? ''}
        </li>`
      })}
    </ul>`
  }

  /** Shows the pictures of a transcript once they are here. */
  #loadPictures(within: ShadowRoot): void {
    for (const picture of within.querySelectorAll<HTMLImageElement>('img[data-file]:not([src])'))
      this.#urlOf(picture.dataset.file as string).then(
        (url) => {
          picture.src = url
        },
        () => {
          picture.alt = picture.closest('button')?.ariaLabel ?? ''
        },
      )
  }

  /** Whether files, all of which have arrived, may go with a message. */
  get isReady(): boolean {
    return !this.uploads.isRunning && this.uploads.attachments !== undefined
  }

  /** The files that have arrived, for a message; others stay for the next one. */
  take(): Attachment[] | undefined {
    return this.uploads.take()
  }

  /** Another conversation begins, maybe another person's. */
  clear(): void {
    this.uploads.clear()
    for (const url of this.#urls.values()) url.then(URL.revokeObjectURL, () => {})
    this.#urls.clear()
  }

  /** Shows a picture as large as the window; saves anything else. */
  async #open(root: ShadowRoot, { id, name, type }: Attachment, close: string): Promise<void> {
    const url = await this.#urlOf(id).catch(() => undefined)
    if (!url) return
    if (isPicture({ type })) this.#showLarge(root, name, url, close)
    else {
      // A link alone cannot say whose session it is.
      const link = document.createElement('a')
      link.href = url
      link.download = name
      link.click()
    }
  }

  /** Escape or a click closes it. */
  #showLarge(root: ShadowRoot, name: string, url: string, close: string): void {
    const dialog = document.createElement('dialog')
    dialog.className = 'large'
    dialog.ariaLabel = name
    dialog.onclick = () => dialog.close()
    // Escape closes it, and not the widget.
    dialog.onkeydown = (event) => event.stopPropagation()
    dialog.onclose = () => dialog.remove()
    render(
      html`<img src=${url} alt=${name} /><button aria-label=${close}>${this.#icon(closePath)}</button>`,
      dialog,
    )
    root.querySelector('.root')?.append(dialog)
    dialog.showModal()
  }

  /** A URL of a file in this page; it is fetched once. */
  #urlOf(id: string): Promise<string> {
    const known = this.#urls.get(id)
    if (known !== undefined) return known
    const { url, headers } = this.#place()
    const fetched = fetch(`${url}/${id}`, { headers }).then(async (answer) => {
      if (!answer.ok) throw new Error(answer.statusText)
      return URL.createObjectURL(await answer.blob())
    })
    this.#urls.set(id, fetched)
    fetched.catch(() => this.#urls.delete(id))
    return fetched
  }
}
