/** The texts and their places are kept in blocks of this many bytes of text, and of so many texts. */
const blockBytes = 1024 * 1024
const blockTexts = 16 * 1024
/** The bytes that a block takes: its texts, and for each the four numbers of `Block`. */
export const bytesOfBlock = blockBytes + blockTexts * 16
/** The most bytes of one text; what is beyond is not searched. */
const textBytesMax = 256 * 1024

/** Texts in the order in which they were said. Numbers of texts count on from block to block, from 1 on. */
interface Block {
  /** The number of its first text. */
  first: number
  /** The sequence of its first text's record, and when that was made, in epoch milliseconds. */
  sequence: number
  at: number
  bytes: Buffer
  used: number
  count: number
  /** The beginning of each text. A NUL follows each, so that no match crosses from one to the next. */
  starts: Uint32Array
  /** The number of its conversation; 0: it was removed. */
  owners: Uint32Array
  /** The number of the conversation's text before; 0: none. */
  previous: Uint32Array
  /** The sequence of its record, after the block's. */
  sequences: Uint32Array
}

/** A text that was found. */
export interface FoundText {
  owner: number
  /** The sequence of its record. */
  sequence: number
}

/**
 * The folded texts of conversations, in few large buffers, in which a word is looked for from the newest text on. Where
 * they would take more than `bytesMax`, the oldest leave first.
 */
export class MessageTexts {
  readonly #blocksMax: number
  readonly #blocks: Block[] = []
  /** The number of each conversation's last text. */
  #last = new Uint32Array(1024)
  #next = 1
  #isCut = false

  /** @param bytesMax of all blocks; at least two blocks are kept */
  constructor(bytesMax: number) {
    this.#blocksMax = Math.max(2, Math.floor(bytesMax / bytesOfBlock))
  }

  get bytes(): number {
    return this.#blocks.length * bytesOfBlock + this.#last.byteLength
  }

  /** When the oldest text was said, in epoch milliseconds, if older ones have left. */
  get from(): number | undefined {
    return this.#isCut ? this.#blocks[0]?.at : undefined
  }

  /** Older texts are not here: they were not read. */
  cut(): void {
    this.#isCut = true
  }

  /**
   * Adds a text behind all others.
   *
   * @param owner the conversation's number, from 1 on
   * @param at when it was said, in epoch milliseconds
   */
  add(owner: number, sequence: number, at: number, folded: string): void {
    const length = Math.min(Buffer.byteLength(folded), textBytesMax)
    const block = this.#blockFor(length + 1, sequence, at)
    const { bytes, used, count, starts, owners, previous, sequences } = block
    starts[count] = used
    owners[count] = owner
    previous[count] = this.#lastOf(owner)
    sequences[count] = sequence - block.sequence
    bytes.write(folded, used, length)
    bytes[used + length] = 0
    block.used += length + 1
    block.count++
    this.#setLast(owner, this.#next++)
  }

  /** Removes the texts of a conversation, of which nothing stays. */
  remove(owner: number): void {
    for (const { block, index } of this.#textsOf(owner)) {
      block.owners[index] = 0
      block.bytes.fill(0, block.starts[index], endOf(block, index))
    }
    this.#setLast(owner, 0)
  }

  /** Whether a text of a conversation has this word. */
  has(owner: number, word: string): boolean {
    for (const { block, index } of this.#textsOf(owner))
      if (block.bytes.toString('utf8', block.starts[index], endOf(block, index) - 1).includes(word))
        return true
    return false
  }

  /** The sequence of the record of a conversation's last text. */
  lastOf(owner: number): number | undefined {
    for (const { block, index } of this.#textsOf(owner)) return sequenceOf(block, index)
  }

  /**
   * Looks for a word, block by block: the newest block, and in it the newest text, first. `after` is a sequence below
   * which all that is yet to be found is.
   */
  *find(word: string): Generator<{ found: FoundText[]; after: number }> {
    const needle = Buffer.from(word)
    for (let at = this.#blocks.length - 1; at >= 0; at--) {
      const block = this.#blocks[at]
      if (block) yield { found: findIn(block, needle).reverse(), after: block.sequence }
    }
  }

  *#textsOf(owner: number): Generator<{ block: Block; index: number }> {
    const [oldest] = this.#blocks
    if (!oldest) return
    let at = this.#blocks.length - 1
    for (let text = this.#lastOf(owner); text >= oldest.first; ) {
      let block = this.#blocks[at] as Block
      while (text < block.first) block = this.#blocks[--at] as Block
      const index = text - block.first
      text = block.previous[index] as number
      yield { block, index }
    }
  }

  #lastOf(owner: number): number {
    return this.#last[owner] ?? 0
  }

  #setLast(owner: number, text: number): void {
    if (owner >= this.#last.length) {
      const larger = new Uint32Array(Math.max(owner + 1, this.#last.length * 2))
      larger.set(this.#last)
      this.#last = larger
    }
    this.#last[owner] = text
  }

  #blockFor(length: number, sequence: number, at: number): Block {
    const last = this.#blocks.at(-1)
    if (last && last.count < blockTexts && last.used + length <= blockBytes) return last
    const block: Block = {
      first: this.#next,
      sequence,
      at,
      // Not of Node's shared pool, and with nothing in it that another has left.
      bytes: Buffer.alloc(blockBytes),
      used: 0,
      count: 0,
      starts: new Uint32Array(blockTexts),
      owners: new Uint32Array(blockTexts),
      previous: new Uint32Array(blockTexts),
      sequences: new Uint32Array(blockTexts),
    }
    this.#blocks.push(block)
    if (this.#blocks.length > this.#blocksMax) {
      this.#blocks.shift()
      this.#isCut = true
    }
    return block
  }
}

/** At most one find a text, the oldest first. */
function findIn(block: Block, needle: Buffer): FoundText[] {
  const { bytes, used, count, starts, owners } = block
  const found: FoundText[] = []
  const searched = bytes.subarray(0, used)
  let index = 0
  for (let at = searched.indexOf(needle); at >= 0 && index < count; ) {
    index = indexAt(starts, at, index, count)
    const owner = owners[index] as number
    if (owner > 0) found.push({ owner, sequence: sequenceOf(block, index) })
    const end = endOf(block, index)
    index++
    at = end < used ? searched.indexOf(needle, end) : -1
  }
  return found
}

/** The text that a byte belongs to: the last one that begins there or before. */
function indexAt(starts: Uint32Array, byte: number, from: number, count: number): number {
  let low = from
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= byte) low = middle
    else high = middle - 1
  }
  return low
}

function endOf({ starts, count, used }: Block, index: number): number {
  return index + 1 < count ? (starts[index + 1] as number) : used
}

function sequenceOf(block: Block, index: number): number {
  return block.sequence + (block.sequences[index] as number)
}
