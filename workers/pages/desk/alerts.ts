const soundKey = 'frontdesk.desk.sound'
const notificationsKey = 'frontdesk.desk.notifications'

/** `blocked`: the browser does not let this page. */
export type NotificationState = 'on' | 'off' | 'blocked'

/** How an agent who looks elsewhere hears of a new request. All of it is off until somebody turns it on. */
export class Alerts {
  #audio: AudioContext | undefined

  constructor() {
    // After a reload, a browser lets a page sound once its user has touched it.
    if (this.isSoundOn)
      for (const type of ['pointerdown', 'keydown'])
        addEventListener(type, () => this.#context(), { once: true, capture: true })
  }

  get isSoundOn(): boolean {
    return read(soundKey)
  }

  get notifications(): NotificationState {
    if (!('Notification' in globalThis) || Notification.permission === 'denied') return 'blocked'
    return Notification.permission === 'granted' && read(notificationsKey) ? 'on' : 'off'
  }

  /** Turned on, it is heard at once. */
  setSound(isOn: boolean): void {
    write(soundKey, isOn)
    if (isOn) this.sound()
  }

  /** Asks the browser's permission; only ever called for a click. */
  async setNotifications(isOn: boolean): Promise<void> {
    if (isOn && 'Notification' in globalThis && Notification.permission === 'default')
      await Notification.requestPermission()
    write(notificationsKey, isOn)
  }

  /** Two soft notes, one higher than the other. */
  sound(): void {
    if (!this.isSoundOn) return
    const context = this.#context()
    if (!context) return
    const begin = context.currentTime + 0.02
    for (const [at, hertz] of [
      [0, 660],
      [0.13, 880],
    ] as const) {
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0, begin + at)
      volume.gain.linearRampToValueAtTime(0.16, begin + at + 0.015)
      volume.gain.exponentialRampToValueAtTime(0.001, begin + at + 0.28)
      tone.connect(volume).connect(context.destination)
      tone.start(begin + at)
      tone.stop(begin + at + 0.3)
    }
  }

  /** Where nobody looks at the page; `tag`: one that is there already is replaced. */
  notify(title: string, body: string, tag: string, picked: () => void): void {
    if (this.notifications !== 'on' || document.hasFocus()) return
    try {
      const notification = new Notification(title, { body, tag })
      notification.onclick = () => {
        window.focus()
        notification.close()
        picked()
      }
    } catch {
      // Chromium on Android has the name, and throws.
    }
  }

  #context(): AudioContext | undefined {
    if (!('AudioContext' in globalThis)) return undefined
    this.#audio ??= new AudioContext()
    if (this.#audio.state === 'suspended') void this.#audio.resume().catch(() => {})
    return this.#audio
  }
}

function read(key: string): boolean {
  try {
    return localStorage.getItem(key) === 'on'
  } catch {
    return false
  }
}

function write(key: string, isOn: boolean): void {
  try {
    localStorage.setItem(key, isOn ? 'on' : 'off')
  } catch {}
}
