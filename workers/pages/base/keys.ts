/**
 * Whether a key belongs to an input method, as the Enter that accepts a suggestion. Safari ends the composition before
 * it reports the key, with the code 229 (WebKit bug 165004); other browsers say `isComposing`.
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}
