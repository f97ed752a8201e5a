/** A file that somebody uploaded for a conversation. */
export interface StoredFile {
  id: string
  conversation: string
  /** The side that uploaded it: only its messages may carry the file. */
  side: 'customer' | 'agent'
  name: string
  /** As its content says. */
  type: string
  /** In bytes. */
  size: number
}

/** Stores files of any size without having one in memory. Throws a transient error where the store does not answer. */
export interface FileStore {
  /** Stores a file as it comes, and returns its size. Where the bytes or the store fail, nothing is left of it. */
  put(file: Omit<StoredFile, 'size'>, bytes: AsyncIterable<Uint8Array>): Promise<number>
  find(id: string): Promise<StoredFile | null>
  /** Reads on only once the part before was consumed. */
  read(id: string): AsyncGenerator<Uint8Array>
  /** Removes a file with its bytes; one that is not there is no error. */
  remove(id: string): Promise<void>
  /** All files, with the times of their uploads in epoch milliseconds. */
  list(): AsyncGenerator<{ id: string; at: number }>
  /** Removes what is left of uploads that began before and never ended, as where a gateway was killed. */
  removeCut(before: number): Promise<void>
}
