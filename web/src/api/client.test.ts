import { afterEach, expect, it, vi } from "vitest";
import { api, ApiError, apiUrl, setCsrf, whenSignedOut } from "./client";
import { staleKeys } from "./live";

const answer = (status: number, body: unknown) =>
  vi.stubGlobal("fetch", vi.fn(async () => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } })));

afterEach(() => vi.unstubAllGlobals());

it("leaves empty query values out", () => {
  const url = new URL(apiUrl("/projects/1/items", { q: "", status: ["new", "done"], flagged: undefined, offset: 0 }));
  expect(url.pathname).toBe("/api/projects/1/items");
  expect(url.search).toBe("?status=new%2Cdone&offset=0");
});

it("sends the CSRF token with changes only", async () => {
  answer(200, {});
  setCsrf("secret");
  await api.get("/me");
  await api.post("/logout");
  const headers = vi.mocked(fetch).mock.calls.map(([, init]) => (init?.headers as Record<string, string>)["X-CSRF-Token"]);
  expect(headers).toEqual([undefined, "secret"]);
});

it("passes on what the server says, and where", async () => {
  answer(422, { error: { code: "InvalidConfig", message: "A project needs a name.", place: "name" } });
  const error = await api.post("/projects", {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 422, code: "InvalidConfig", message: "A project needs a name.", place: "name" });
});

it("says that the server cannot be reached", async () => {
  vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("failed"))));
  await expect(api.get("/status")).rejects.toMatchObject({ status: 0, code: "Offline" });
});

it("tells when the session ended, but not for a wrong password", async () => {
  const gone = vi.fn();
  whenSignedOut(gone);
  answer(401, { error: { code: "Unauthenticated", message: "no" } });
  await api.post("/login", {}).catch(() => undefined);
  expect(gone).not.toHaveBeenCalled();
  await api.get("/projects").catch(() => undefined);
  expect(gone).toHaveBeenCalledOnce();
});

it("knows what a change makes stale", () => {
  expect(staleKeys("model", 3)).toContainEqual(["models", 3]);
  expect(staleKeys("weather", 3)).toEqual([]);
});
