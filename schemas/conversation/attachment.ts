import { z } from 'zod'

/** A file that came with a message: what records say of it. Its bytes are in the store of files. */
export const attachment = z.object({
  /** From the upload. */
  id: z.string(),
  name: z.string(),
  /** As its content says: `image/png`. */
  type: z.string(),
  /** In bytes. */
  size: z.int().nonnegative(),
})
export type Attachment = z.infer<typeof attachment>
