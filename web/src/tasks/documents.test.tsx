/** Forms and labels on pages: what is typed, dragged, accepted, and what keeps an answer from being sent. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { andWords, fits, fromWords, partsOf, readAs, typed } from "./entries/entries";
import { nextOpen, openByField, problemOf, withEntry, type Form } from "./fields/model";
import { widgets, type Command } from "./index";
import { labelled, nextBare, toggled } from "./page_labels/marks";
import { itemWith, questionOf, suggestionOf } from "./stage";

afterEach(cleanup);

const FORM = questionOf("fields", {
  fields: ["issuer", { name: "total", type: "amount", required: true }, { name: "due_date", type: "date" }, { name: "currency", type: "choice", labels: ["EUR", { value: "USD", title: "US dollar" }] }],
});
const [ISSUER, TOTAL, DATE, CURRENCY] = partsOf(FORM) as [ReturnType<typeof partsOf>[0], ReturnType<typeof partsOf>[0], ReturnType<typeof partsOf>[0], ReturnType<typeof partsOf>[0]];
const PLACE = { page: 1, x: 10, y: 20, w: 30, h: 10 };

describe("a form", () => {
  it("has keys, titles and types", () => {
    expect(partsOf(FORM).map((part) => [part.key, part.title, part.type])).toEqual([["1", "Issuer", "text"], ["2", "Total", "amount"], ["3", "Due date", "date"], ["4", "Currency", "choice"]]);
  });

  it("reads words into the type, and keeps them as written with their place", () => {
    expect(fromWords(TOTAL, "€ 1.234,50", [PLACE], FORM)).toEqual({ value: 1234.5, text: "€ 1.234,50", places: [PLACE] });
    expect(fromWords(DATE, "18 april\n2014", [PLACE], FORM)).toEqual({ value: "2014-04-18", text: "18 april 2014", places: [PLACE] });
    expect(readAs(CURRENCY, "us Dollar", FORM)).toBe("USD");
    expect(fromWords(TOTAL, "soon", [PLACE], FORM).value).toBe("soon");
    expect(fits(TOTAL, "soon")).toBe(false);
    expect(fits(DATE, "2014-02-31")).toBe(false);
  });

  it("adds words of a second place, and keeps words and place when the value is corrected", () => {
    const first = fromWords(ISSUER, "ACME", [PLACE], FORM);
    expect(andWords(ISSUER, first, "B.V.", [{ ...PLACE, y: 40 }], FORM)).toEqual({ value: "ACME B.V.", text: "ACME B.V.", places: [PLACE, { ...PLACE, y: 40 }] });
    expect(typed(ISSUER, first, "Acme", FORM)).toEqual({ value: "Acme", text: "ACME", places: [PLACE] });
    expect(typed(ISSUER, first, " ", FORM)).toBeUndefined();
    expect(withEntry({ issuer: first }, "issuer", undefined)).toBeUndefined();
  });

  it("says what keeps it from being sent", () => {
    expect(problemOf(FORM, {})).toBe("Total: has no value yet; say so if the document does not say it.");
    expect(problemOf(FORM, { total: { value: "x" } })).toBe("Total: “x” is no amount.");
    expect(problemOf(FORM, { total: { value: null } })).toBeNull();
    const strict = { ...FORM, config: { ...FORM.config, place: "needed" } };
    expect(problemOf(strict, { total: { value: 1 } })).toContain("drag over the words");
    expect(problemOf(strict, { total: { value: 1, places: [PLACE] } })).toBeNull();
  });

  it("goes to the next open field, in a ring", () => {
    const form: Form = { issuer: { value: "x" }, due_date: { value: null } };
    expect([nextOpen(partsOf(FORM), form, "issuer")?.name, nextOpen(partsOf(FORM), form, "total")?.name, nextOpen(partsOf(FORM), form, "currency")?.name]).toEqual(["total", "currency", "total"]);
  });

  it("offers the best suggestion for each field that has another value", () => {
    const a = suggestionOf({ total: { value: 9, score: 0.4 }, issuer: { value: "A" } }, 0.9, 1);
    const b = suggestionOf({ total: { value: 8, score: 0.7 } }, 0.1, 2);
    const open = openByField([a, b], { issuer: { value: "A" } }, new Set(), 0);
    expect([...open].map(([name, part]) => [name, part.part.entry.value, part.score, part.key])).toEqual([["total", 8, 0.7, "2:total"]]);
    expect(openByField([a, b], undefined, new Set(["2:total"]), 0.5).has("total")).toBe(false);
    const widget = widgets.fields!;
    expect(widget.accept(undefined, widget.parts(b).map((p) => p.part), FORM)).toEqual({ total: { value: 8 } });
    expect(widget.nothing?.(FORM)).toMatchObject({ total: { value: null }, currency: { value: null } });
  });
});

describe("labels on pages", () => {
  it("are toggled, replaced and filled", () => {
    const one = toggled([], { page: 2, label: "a" }, false);
    expect(toggled(one, { page: 2, label: "b" }, false)).toEqual([{ page: 2, label: "b" }]);
    expect(toggled(one, { page: 2, label: "b" }, true)).toHaveLength(2);
    expect(toggled(one, { page: 2, label: "a" }, true)).toEqual([]);
    expect(labelled(one, 2, 4, "a", false).map((mark) => mark.page)).toEqual([2, 3, 4]);
    expect([nextBare(one, 4, 2), nextBare(one, 4, 1), nextBare(one, 3, 0), nextBare(labelled([], 0, 3, "a", false), 4, 1)]).toEqual([3, 3, 1, -1]);
  });

  it("are needed on each page where the question says so", () => {
    const question = { ...questionOf("page_labels", { labels: ["a"] }), field: "paper" };
    const place = { item: itemWith({ paper: { media: 1, mime: "application/pdf", pages: 2 } }), question, seed: "" };
    expect(widgets.page_labels!.problem?.([{ page: 0, label: "a" }], place)).toBe("Page 2 has no label yet.");
    expect(widgets.page_labels!.problem?.([{ page: 0, label: "a" }, { page: 1, label: "a" }], place)).toBeNull();
  });
});

function mount(value?: Form, suggestions = [suggestionOf({ total: { value: 8 } })]) {
  const seen = { value: value as unknown, commands: [] as Command[], completed: 0 };
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const { Editor } = widgets.fields!;
  const paper = { media: 5, mime: "application/pdf", pages: 1 };
  function Holder() {
    const [now, set] = useState<unknown>(value);
    seen.value = now;
    return (
      <Editor
        item={itemWith({ paper })} fields={[{ name: "paper", kind: "document" }]} question={FORM} suggestions={suggestions} rejected={new Set()} minScore={0} active readOnly={false} seed="1"
        onReject={() => undefined} onActivate={() => undefined} setCommands={(list) => (seen.commands = list)} onComplete={() => (seen.completed += 1)} onGuideline={() => undefined} value={now} onChange={set}
      />
    );
  }
  render(<MantineProvider env="test"><QueryClientProvider client={client}><Holder /></QueryClientProvider></MantineProvider>);
  return seen;
}

describe("the editor of a form", () => {
  it("goes by keys: a field, its value, the suggestion, the next field", () => {
    const seen = mount();
    act(() => seen.commands.find((c) => c.keys.includes("1"))!.run());
    const issuer = screen.getByLabelText<HTMLInputElement>("Issuer");
    expect(document.activeElement).toBe(issuer);
    fireEvent.change(issuer, { target: { value: "ACME" } });
    fireEvent.keyDown(issuer, { key: "Enter" });
    const total = screen.getByRole<HTMLInputElement>("textbox", { name: /Total/ });
    expect(document.activeElement).toBe(total);
    fireEvent.keyDown(total, { key: "Enter" });
    expect(seen.value).toEqual({ issuer: { value: "ACME" }, total: { value: 8 } });
    const date = screen.getByLabelText<HTMLInputElement>("Due date");
    expect(document.activeElement).toBe(date);
    fireEvent.change(date, { target: { value: "7 may 2014" } });
    expect(date.value).toBe("7 may 2014");
    fireEvent.blur(date);
    expect(date.value).toBe("2014-05-07");
    const currency = screen.getByRole<HTMLInputElement>("combobox", { name: "Currency" });
    act(() => currency.focus());
    fireEvent.change(currency, { target: { value: "us d" } });
    fireEvent.keyDown(currency, { key: "Enter", code: "Enter" });
    expect(currency.value).toBe("US dollar");
    expect(seen.value).toMatchObject({ due_date: { value: "2014-05-07" }, currency: { value: "USD" } });
    fireEvent.change(currency, { target: { value: "EUR" } });
    fireEvent.keyDown(currency, { key: "Enter", code: "Enter" });
    expect(seen.value).toMatchObject({ currency: { value: "EUR" } });
  });

  it("shows what cannot be read, and takes back what is cleared", () => {
    const seen = mount({ total: { value: 3 } }, []);
    const total = screen.getByRole<HTMLInputElement>("textbox", { name: /Total/ });
    fireEvent.change(total, { target: { value: "three" } });
    expect(screen.getByRole("alert").textContent).toContain("is no amount");
    fireEvent.click(screen.getByLabelText("Total: the document does not say it"));
    expect(seen.value).toEqual({ total: { value: null } });
    fireEvent.click(screen.getByLabelText("Clear Total"));
    expect(seen.value).toBeUndefined();
  });
});
