import type { GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import { countUnread, playSound } from '../attention.ts'
import { loadMore } from '../load-more.ts'
import type { FileParts } from '../more/file-parts.ts'
import type { StoredSession } from './memory.ts'
import type { SessionHost } from './session-host.ts'

/** A tab that has shown a message says so within this time, in milliseconds; and up to as much more, by chance. */
const tabsAgreeMs = 400
/** A tab that sounds for a message keeps the others from it for this long, in milliseconds. */
const lockMs = 10_000

/** The elements that show a session, and how they tell of messages that the customer does not see. */
export class SessionHosts {
  readonly #hosts = new Set<SessionHost>()
  /** The unread messages that the page's title counts. */
  #counted = 0

  add(host: SessionHost): void {
    this.#hosts.add(host)
  }

  delete(host: SessionHost): void {
    this.#hosts.delete(host)
  }

  get isEmpty(): boolean {
    return this.#hosts.size === 0
  }

  get locale(): string | undefined {
    return [...this.#hosts][0]?.locale()
  }

  get facts(): Record<string, string> | undefined {
    return [...this.#hosts][0]?.facts()
  }

  get isForgetful(): boolean {
    return [...this.#hosts].some((host) => host.isForgetful())
  }

  /** Whether a panel is shown. */
  get isOpen(): boolean {
    return [...this.#hosts].some((host) => host.isOpen())
  }

  /** Whether the customer sees a panel. */
  get isSeen(): boolean {
    return this.isOpen && !document.hidden
  }

  get #isQuiet(): boolean {
    return [...this.#hosts].every((host) => host.isQuiet())
  }

  each(call: (host: SessionHost) => void): void {
    for (const host of this.#hosts) call(host)
  }

  update(): void {
    this.each((host) => host.update())
  }

  /** Counts the unread messages in the page's title. */
  count(unread: number): void {
    const counted = this.#isQuiet ? 0 : unread
    countUnread(counted - this.#counted)
    this.#counted = counted
  }

  /** Loads the script that sends and shows files; until then their names are shown. */
  loadFiles(
    session: { files: FileParts | undefined },
    gateway: string,
    welcome: Extract<GatewayFrame, { type: 'welcome' }>,
  ): void {
    void loadMore(gateway).then(({ attach }) => attach(session, gateway, welcome, this))
  }

  /**
   * Sounds for a new message, unless the customer sees it in some tab, or another tab sounds.
   *
   * @param stored what the tabs share
   */
  sound(
    sequence: number,
    stored: () => StoredSession | undefined,
    store: (stored: StoredSession) => void,
  ): void {
    const ring = async (lock?: Lock | null): Promise<void> => {
      const shared = stored()
      if (lock === null || !shared || this.isSeen || this.#isQuiet) return
      if (sequence <= Math.max(shared.seen, shared.rung ?? 0) || !playSound()) return
      store({ ...shared, rung: sequence })
      // The lock is held until the other tabs have asked for it: what is stored reaches them late.
      await new Promise((resolve) => setTimeout(resolve, lockMs))
    }
    setTimeout(
      () => {
        // Pages without https have no locks, and a sandboxed frame may not ask for one: there the tabs rely on what is
        // stored.
        const { locks } = navigator
        const asked = locks?.request(`frontdesk.${sequence}`, { ifAvailable: true }, ring)
        void (asked?.catch(() => ring()) ?? ring())
      },
      tabsAgreeMs * (1 + Math.random()),
    )
  }
}
