/** What a change has to follow: the revision that was edited, or that there is none. */
export function following(revision: number | undefined): Record<string, string> {
  return revision === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` }
}
