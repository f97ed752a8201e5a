/** The agent's choice in this browser; `undefined`: none was made. */
export function readSwitch(key: string): boolean | undefined {
  try {
    const text = localStorage.getItem(key)
    return text === null ? undefined : text === 'on'
  } catch {
    return undefined
  }
}

/** Without storage a reload forgets it; nothing else does. */
export function writeSwitch(key: string, isOn: boolean): void {
  try {
    localStorage.setItem(key, isOn ? 'on' : 'off')
  } catch {}
}
