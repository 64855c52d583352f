import { describe, expect, it } from "vitest";
import { OtherTabs, type TabChannel, type TabMessage } from "./other-tabs";

/** Channels that hear each other at once. */
function air() {
  const all = new Set<TabChannel>();
  return (): TabChannel => {
    const own: TabChannel = {
      onmessage: null,
      postMessage: (message) => [...all].filter((c) => c !== own).forEach((c) => c.onmessage?.({ data: message } as MessageEvent<TabMessage>)),
      close: () => all.delete(own),
    };
    all.add(own);
    return own;
  };
}

function tab(channel: TabChannel, clock = { now: 0 }) {
  const seen = { others: false, finished: [] as number[] };
  const tabs = new OtherTabs(channel, { others: (some) => (seen.others = some), finished: (item) => seen.finished.push(item) }, () => clock.now);
  return { tabs, seen, close: tabs.start(), clock };
}

describe("other tabs", () => {
  it("know of each other, whoever came first, until one goes", () => {
    const open = air();
    const first = tab(open());
    expect(first.seen.others).toBe(false);
    const second = tab(open());
    expect([first.seen.others, second.seen.others]).toEqual([true, true]);
    second.close();
    expect(first.seen.others).toBe(false);
    first.close();
  });

  it("hear what was finished, but not from themselves", () => {
    const open = air();
    const [first, second] = [tab(open()), tab(open())];
    first.tabs.finished(7);
    expect(second.seen.finished).toEqual([7]);
    expect(first.seen.finished).toEqual([]);
    first.close();
    second.close();
  });

  it("forget one that died without a word", () => {
    const open = air();
    const first = tab(open());
    const channel = open();
    const second = tab(channel);
    channel.close();
    channel.onmessage = null;
    first.clock.now = 30_000;
    first.tabs.ask();
    expect(first.seen.others).toBe(false);
    first.close();
    second.close();
  });
});
