/** What is wrong with a field; with the document as a whole where the path is empty. */
export interface Problem {
  path: readonly (string | number)[]
  message: string
}

/** `duringHours.firstMessage: must have at most 4096 characters` */
export function lineOf({ path, message }: Problem): string {
  return path.length > 0 ? `${path.join('.')}: ${message}` : message
}
