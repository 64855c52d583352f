/** The only place that speaks HTTP: base address, CSRF header, errors as one class. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly place: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** Query values; null, undefined and "" are left out, lists are joined by commas. */
export type Query = Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  /** Sent as it is, for uploads. */
  raw?: BodyInit;
  signal?: AbortSignal;
  /** Lets the request outlive the page (64 kB at most). */
  keepalive?: boolean;
}

let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

/** The token that every changing request carries; comes from /api/me, setup or login. */
export function setCsrf(token: string | null): void {
  csrf = token;
}

export function getCsrf(): string | null {
  return csrf;
}

/** Called when the server answers 401, at most once per answer. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** Absolute address of an API path ("/projects" -> "http://host/prefix/api/projects"). */
export function apiUrl(path: string, query?: Query): string {
  const url = new URL(`api${path}`, document.baseURI);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value) && value.length === 0) continue;
    url.searchParams.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return url.href;
}

export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrf !== null) headers["X-CSRF-Token"] = csrf;
  const response = await reach(apiUrl(path, options.query), {
    method,
    headers,
    body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
    credentials: "same-origin",
    signal: options.signal,
    keepalive: options.keepalive,
  });
  if (response.ok) return (await read(response)) as T;
  const error = await errorOf(response);
  if (response.status === 401 && path !== "/login") onSignedOut();
  throw error;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "Offline", "The server cannot be reached. Check that it runs and that you are online.");
  }
}

/** Raw bytes, for tiles of what the server has drawn. */
export async function bytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await reach(apiUrl(path), { credentials: "same-origin", signal });
  if (!response.ok) throw await errorOf(response);
  return response.arrayBuffer();
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") ? response.json() : response.text();
}

/** What a refused request was refused for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; place?: string | null } };
    return new ApiError(response.status, error.code, error.message, error.place ?? null);
  } catch {
    const what = `The server answered ${response.status}${response.statusText ? ` ${response.statusText}` : ""}.`;
    return new ApiError(response.status, "Unexpected", what);
  }
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => request<T>("GET", path, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    request<T>("POST", path, { body: body ?? {}, ...options }),
  put: <T>(path: string, body?: unknown): Promise<T> => request<T>("PUT", path, { body: body ?? {} }),
  patch: <T>(path: string, body: unknown): Promise<T> => request<T>("PATCH", path, { body }),
  delete: <T>(path: string): Promise<T> => request<T>("DELETE", path),
};

/** The file of a media value. */
export function mediaUrl(id: number): string {
  return apiUrl(`/media/${id}`);
}

/** A small picture of a media value, its longer side `size` pixels. */
export function thumbUrl(id: number, size = 256): string {
  return apiUrl(`/media/${id}/thumb`, { size });
}

/** What to tell a person about any thrown thing. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
