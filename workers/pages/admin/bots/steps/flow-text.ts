import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import type { BotStep } from '../../../../../schemas/configuration/bot-flow.ts'
import { answerFields } from '../step-fields.ts'

/** A path in a bot's document. */
export type YamlPath = (string | number)[]

/** A step as it stands in the text; it may have problems. */
export interface WrittenStep {
  type: string
  name?: unknown
  [field: string]: unknown
}

/** The answers of a bot's text. */
export interface WrittenAnswer {
  id: string
  steps: WrittenStep[]
}

/**
 * A bot's text, edited answer by answer and step by step. The text is the source: each edit changes its YAML, and leaves
 * comments and everything else as they stand.
 */
export class FlowText {
  readonly #document: Document

  private constructor(document: Document) {
    this.#document = document
  }

  /** Nothing where the text is not the YAML of answers and steps. */
  static read(text: string): FlowText | undefined {
    const document = parseDocument(text)
    const { contents } = document
    if (document.errors.length > 0 || !isMap(contents) || !isSeq(contents.get('answers', true)))
      return undefined
    const flow = new FlowText(document)
    const isWhole = flow.#answers.items.every((answer) => isMap(answer) && isSeq(answer.get('steps', true)))
    return isWhole ? flow : undefined
  }

  get answers(): WrittenAnswer[] {
    return (this.#answers.toJS(this.#document) as Partial<WrittenAnswer>[]).map(({ id, steps = [] }) => ({
      id: String(id ?? ''),
      steps: steps.map((step) => ({ ...step, type: String(step?.type ?? '') })),
    }))
  }

  toString(): string {
    return this.#document.toString({ lineWidth: 0 })
  }

  /** Sets a field. `undefined` removes it, and what holds nothing after that. */
  set(path: YamlPath, value: unknown): void {
    if (value !== undefined) {
      this.#document.setIn(path, isPlain(value) ? value : this.#document.createNode(value))
      return
    }
    this.#document.deleteIn(path)
    const parent = path.slice(0, -1)
    const holder = this.#document.getIn(parent, true)
    // Steps and answers stay, even empty: that is a problem to see.
    if (parent.length > 4 && (isMap(holder) || isSeq(holder)) && holder.items.length === 0)
      this.set(parent, undefined)
  }

  /** The YAML of a part, as it stands in the text. */
  yamlAt(path: YamlPath): string {
    const node = this.#document.getIn(path, true)
    if (isScalar(node)) return String(node.value)
    const js = this.#document.getIn(path) as { toJS?: (document: Document) => unknown } | undefined
    return JSON.stringify(js?.toJS?.(this.#document) ?? js, null, 2)
  }

  addStep(answer: number, at: number, step: object): void {
    this.#steps(answer).items.splice(at, 0, this.#document.createNode(step))
  }

  removeStep(answer: number, step: number): void {
    this.#steps(answer).items.splice(step, 1)
  }

  moveStep(answer: number, from: number, to: number): void {
    const { items } = this.#steps(answer)
    const [moved] = items.splice(from, 1)
    items.splice(to, 0, moved)
  }

  /** Returns its id. */
  addAnswer(step: object): string {
    const ids = new Set(this.answers.map(({ id }) => id))
    let n = ids.size + 1
    while (ids.has(`answer-${n}`)) n++
    const id = `answer-${n}`
    const answer = this.#document.createNode({ id, steps: [step] })
    answer.spaceBefore = true
    this.#answers.items.push(answer)
    return id
  }

  removeAnswer(answer: number): void {
    this.#answers.items.splice(answer, 1)
  }

  /** Renames an answer, and the fields that lead to it. */
  renameAnswer(answer: number, id: string): void {
    const before = this.answers[answer]?.id
    this.#document.setIn(['answers', answer, 'id'], id)
    const follow = (node: unknown): void => {
      if (isSeq(node)) node.items.forEach(follow)
      if (!isMap(node)) return
      for (const { key, value } of node.items)
        if (
          isScalar(key) &&
          answerFields.includes(String(key.value)) &&
          isScalar(value) &&
          value.value === before
        )
          value.value = id
        else follow(value)
    }
    if (before) follow(this.#answers)
  }

  get #answers(): YAMLSeq {
    return (this.#document.contents as YAMLMap).get('answers', true) as unknown as YAMLSeq
  }

  #steps(answer: number): YAMLSeq {
    return this.#document.getIn(['answers', answer, 'steps'], true) as YAMLSeq
  }
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** A new step of a type, with its required fields. Where they lead elsewhere, to the first answer. */
export function newStepOf(type: BotStep['type'], goTo: string): object {
  const begun: Record<BotStep['type'], object> = {
    message: { text: '' },
    options: { text: '', options: [{ label: '', goTo }] },
    details: { fields: ['email'] },
    branch: { cases: [{ when: [{ value: 'locale', is: 'en' }], goTo }], otherwise: goTo },
    hours: { open: goTo, closed: goTo },
    set: { variable: '', value: '' },
    api: { url: 'https://', success: goTo, failure: goTo },
    resolved: { no: goTo },
    link: { goTo },
    transfer: {},
    end: {},
  }
  return { type, ...begun[type] }
}
