/** How deep a JSON value is nested: 0 for a text or a number. Has no end itself, as what calls itself would. */
export function levelsOf(value: unknown): number {
  const nested = (values: unknown[]) => values.filter((one) => typeof one === 'object' && one !== null)
  let levels = 0
  for (let level = nested([value]); level.length > 0; level = nested(level.flatMap(Object.values))) levels++
  return levels
}
