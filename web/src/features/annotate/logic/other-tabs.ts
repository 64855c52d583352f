/**
 * Tabs of one browser that show the same project to the same person. They are lent the same items, so each tells the
 * others what it finished. It stands alone because it is the only part of the workbench that talks to other pages.
 */

export type TabMessage = { from: string } & ({ kind: "who" | "here" | "gone" } | { kind: "finished"; item: number });

/** The part of a BroadcastChannel that is used. */
export interface TabChannel {
  postMessage(message: TabMessage): void;
  close(): void;
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
}

export interface TabEvents {
  /** Whether there is another tab now. */
  others(some: boolean): void;
  finished(item: number): void;
}

const ASK_MS = 10_000;
/** A tab that did not answer for this long was closed without a word. */
const SILENT_MS = 25_000;

export class OtherTabs {
  private readonly me = Math.random().toString(36).slice(2);
  private readonly heard = new Map<string, number>();
  private asking: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly channel: TabChannel,
    private readonly events: TabEvents,
    private readonly now: () => number = Date.now,
  ) {}

  /** Makes this tab known, until the returned function is called. */
  start(): () => void {
    this.channel.onmessage = ({ data }) => this.hear(data);
    this.say({ kind: "who", from: this.me });
    this.asking = setInterval(() => this.ask(), ASK_MS);
    return () => {
      clearInterval(this.asking);
      this.leave();
      this.channel.onmessage = null;
      this.channel.close();
    };
  }

  /** This tab submitted or skipped an item. */
  finished(item: number): void {
    this.say({ kind: "finished", item, from: this.me });
  }

  /** The page is closed or put away; it may come back and ask. */
  leave(): void {
    this.say({ kind: "gone", from: this.me });
  }

  /** Forgets who fell silent and asks the rest. Hidden tabs answer too, though their clocks are slow. */
  ask(): void {
    for (const [tab, at] of this.heard) if (this.now() - at > SILENT_MS) this.heard.delete(tab);
    this.events.others(this.heard.size > 0);
    this.say({ kind: "who", from: this.me });
  }

  private hear(message: TabMessage): void {
    if (message.from === this.me) return;
    if (message.kind === "gone") this.heard.delete(message.from);
    else this.heard.set(message.from, this.now());
    if (message.kind === "who") this.say({ kind: "here", from: this.me });
    this.events.others(this.heard.size > 0);
    if (message.kind === "finished") this.events.finished(message.item);
  }

  private say(message: TabMessage): void {
    try {
      this.channel.postMessage(message);
    } catch {
      // The channel was closed with the page: nobody is left to be told.
    }
  }
}
