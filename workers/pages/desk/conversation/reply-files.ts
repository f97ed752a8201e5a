import { html, nothing } from 'lit'
import type { Attachment } from '../../../../schemas/conversation/attachment.ts'
import type { AcceptedFiles } from '../../../../schemas/protocol/widget.ts'
import { isPicture, sizeText, type Upload, Uploads } from '../../base/files/uploads.ts'
import { icons } from '../../base/icons.ts'
import { locale, words } from '../language.ts'

const workspace = new URLSearchParams(location.search).get('workspace') ?? 'main'

/** The files that go with the agent's next reply to each customer. */
export class ReplyFiles {
  readonly #uploads = new Map<string, Uploads>()
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(conversation: string, files: Iterable<File>, accepted: AcceptedFiles | undefined): void {
    this.#of(conversation).add(files, accepted)
  }

  take(conversation: string): Attachment[] | undefined {
    return this.#uploads.get(conversation)?.take()
  }

  isReady(conversation: string): boolean {
    return this.#uploads.get(conversation)?.attachments !== undefined
  }

  button(conversation: string, accepted: AcceptedFiles) {
    const pick = ({ currentTarget }: Event) =>
      ((currentTarget as HTMLElement).nextElementSibling as HTMLInputElement).click()
    const picked = ({ target }: Event) => {
      const input = target as HTMLInputElement
      this.add(conversation, [...(input.files ?? [])], accepted)
      input.value = ''
    }
    return html`<button class="button quiet" type="button" aria-label=${words.attach} title=${words.attach} @click=${pick}>
        ${icons.attach}
      </button>
      <input type="file" multiple hidden @change=${picked} />`
  }

  list(conversation: string) {
    const uploads = this.#uploads.get(conversation)
    if (!uploads || uploads.list.length === 0) return nothing
    return html`<ul class="uploads">${uploads.list.map((upload) => this.#item(uploads, upload))}</ul>`
  }

  #item(uploads: Uploads, upload: Upload) {
    const { file, progress, attachment, fault } = upload
    const state = attachment
      ? html`<small>${sizeText(file.size, locale)}</small>`
      : html`<progress aria-label=${file.name} value=${progress}></progress>`
    return html`<li>
      <span dir="auto">${file.name}</span>
      ${fault ? html`<em class="refused" role="alert">${words.uploadFaults[fault]}</em>` : state}
      ${
        fault === 'fileFailed'
          ? html`<button class="link" type="button" @click=${() => uploads.retry(upload)}>${words.tryAgain}</button>`
          : nothing
      }
      <button class="link" type="button" aria-label="${words.removeFile} ${file.name}" @click=${() => uploads.remove(upload)}>
        ${words.removeFile}
      </button>
    </li>`
  }

  #of(conversation: string): Uploads {
    const place = () => ({
      url: `v1/files?${new URLSearchParams({ conversation, workspace })}`,
      headers: {},
    })
    const found = this.#uploads.get(conversation) ?? new Uploads(place, this.#changed)
    this.#uploads.set(conversation, found)
    return found
  }
}

/** The files of a message: pictures small, which open large, others by name and size. */
export function messageFiles(attachments: readonly Attachment[] = []) {
  return attachments.map((file) => {
    const { id, name, size } = file
    const url = `v1/files/${id}?${new URLSearchParams({ workspace })}`
    return isPicture(file)
      ? html`<button class="picture" type="button" aria-haspopup="dialog" title=${name} @click=${showLarge}><img src=${url} alt=${name} loading="lazy" /></button>
          <dialog class="large" aria-label=${name} @keydown=${keepKeys}>
            <img src=${url} alt=${name} loading="lazy" />
            <form class="actions" method="dialog">
              <a class="button" href=${url} download=${name}>${icons.download}${words.downloadFile}</a>
              <button class="button">${words.close}</button>
            </form>
          </dialog>`
      : html`<a class="file" href=${url} download=${name}><span dir="auto">${name}</span> <small>${sizeText(size, locale)}</small></a>`
  })
}

function showLarge({ currentTarget }: Event): void {
  ;((currentTarget as HTMLElement).nextElementSibling as HTMLDialogElement).showModal()
}

/** Escape closes the picture, and nothing around it. */
function keepKeys(event: Event): void {
  event.stopPropagation()
}
