import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import { styleText } from 'node:util'

type Style = 'dim' | 'bold' | 'cyan' | 'green' | 'yellow' | 'red'

/**
 * A conversation's terminal: it reads lines and prints lines. With a person at it there is a prompt, which stays below
 * later output; with a pipe there is none, and each line is a line of a script.
 */
export class Terminal {
  /** A person types, and reads. */
  readonly isInteractive: boolean
  readonly #isColored: boolean
  readonly #readline: Interface
  readonly #lines: string[] = []
  #wake: () => void = () => {}
  #isOver = false
  #isAsking = false

  /** @param interrupted is called for a Ctrl-C on an empty line */
  constructor(interrupted: () => void) {
    const { stdin: input, stdout: output } = process
    this.isInteractive = Boolean(input.isTTY && output.isTTY)
    this.#isColored = Boolean(output.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
    this.#readline = createInterface({
      input,
      ...(this.isInteractive && { output }),
      terminal: this.isInteractive,
      historySize: 200,
    })
    this.#readline.on('line', (line) => {
      this.#lines.push(line)
      this.#wake()
    })
    this.#readline.on('close', () => {
      // A Ctrl-D leaves the cursor behind the prompt.
      if (this.isInteractive && this.#isAsking) process.stdout.write('\n')
      this.#isOver = true
      this.#wake()
    })
    this.#readline.on('SIGINT', () => {
      if (this.#readline.line === '') return interrupted()
      this.#readline.write(null, { ctrl: true, name: 'u' })
      this.#readline.write(null, { ctrl: true, name: 'k' })
    })
  }

  /** The next line; `null` at the end of the input, and once `unless` is aborted. */
  async read(prompt: string, unless: AbortSignal): Promise<string | null> {
    this.#ask(prompt)
    while (this.#lines.length === 0 && !this.#isOver && !unless.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        unless.addEventListener('abort', () => resolve(), { once: true })
      })
    if (unless.aborted) return null
    this.#isAsking = false
    return this.#lines.shift() ?? null
  }

  /** Replaces the prompt; the text typed so far stays. */
  askInstead(prompt: string): void {
    if (this.#isAsking) this.#ask(prompt)
  }

  #ask(prompt: string): void {
    if (!this.isInteractive || this.#isOver) return
    this.#readline.setPrompt(this.style('bold', prompt))
    this.#isAsking = true
    this.#readline.prompt(true)
  }

  /** Prints lines above the prompt and the text being typed. */
  print(text: string): void {
    if (!this.isInteractive || !this.#isAsking || this.#isOver) {
      process.stdout.write(`${text}\n`)
      return
    }
    this.#clearPrompt()
    process.stdout.write(`${text}\n`)
    // readline would first move up to the prompt's old first row. There is no public way to reset it: typing over a
    // row's end does not update it, so it is not the row of getCursorPos.
    ;(this.#readline as unknown as { prevRows: number }).prevRows = 0
    this.#readline.prompt(true)
  }

  hint(text: string): void {
    this.print(this.style('dim', `* ${text}`))
  }

  bell(): void {
    if (this.isInteractive) process.stdout.write('\u0007')
  }

  style(style: Style, text: string): string {
    return this.#isColored ? styleText(style, text) : text
  }

  close(): void {
    if (this.isInteractive && this.#isAsking && !this.#isOver) this.#clearPrompt()
    this.#isAsking = false
    this.#readline.close()
  }

  #clearPrompt(): void {
    const { stdout } = process
    moveCursor(stdout, 0, -this.#readline.getCursorPos().rows)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
  }
}
