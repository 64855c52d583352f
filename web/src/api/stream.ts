/** Server-Sent Events as the answer to a POST, which the browser's own EventSource cannot send. */

import { ApiError, apiUrl, errorOf, getCsrf } from "./client";

export interface StreamEvent {
  name: string;
  data: unknown;
}

/** The events as they come. An answer that is plain JSON comes as one event named "json". Aborting ends the request. */
export async function* streamPost(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "text/event-stream" };
  const csrf = getCsrf();
  if (csrf !== null) headers["X-CSRF-Token"] = csrf;
  const init = { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", signal } as const;
  const response = await fetch(apiUrl(path), init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "Offline", "The server cannot be reached. Check that it runs and that you are online.");
  });
  if (!response.ok) throw await errorOf(response);
  if (!(response.headers.get("Content-Type") ?? "").startsWith("text/event-stream") || response.body === null) {
    yield { name: "json", data: await response.json() };
    return;
  }
  yield* readEvents(response.body);
}

/** Events out of bytes, however they are cut. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let held = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      held += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const blocks = held.split("\n\n");
      held = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): StreamEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length === 0 ? null : { name, data: JSON.parse(data.join("\n")) as unknown };
}
