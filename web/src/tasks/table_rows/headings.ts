/** What tables call their columns, in the languages that bills are mostly written in. Pure. */
import type { Part } from "../entries/entries";

export type Concept = "description" | "quantity" | "unit" | "price" | "amount" | "tax" | "discount" | "code" | "date";

const WORDS: Record<Concept, string> = {
  description: "description|item|items|article|artikel|product|product title|title|goods|service|details|omschrijving|beschreibung|bezeichnung|designation|libelle|descripcion|concepto|descrizione|opis|nazwa|descricao|particulars|what|text",
  quantity: "quantity|qty|count|aantal|hoeveelheid|menge|anzahl|nombre|quantite|qte|cantidad|quantita|ilosc|quantidade|hours|pieces",
  unit: "unit|uom|unit of measure|eenheid|einheit|unite|unidad|unita|jm",
  price: "price|unit price|price per unit|rate|unit cost|prijs|prijs per stuk|stukprijs|preis|vk preis|einzelpreis|stuckpreis|p u|p u ht|prix|prix unitaire|prix unitaire ht|precio|precio unitario|prezzo|prezzo unitario|cena|cena jednostkowa|preco",
  amount: "amount|total|line total|total price|sum|value|net amount|subtotal|bedrag|totaal|prijs incl btw|betrag|zeilenbetrag|gesamt|gesamtpreis|summe|montant|montant ht|montant ttc|prix total|importe|importo|totale|wartosc|valor",
  tax: "tax|taxes|vat|gst|btw|mwst|ust|tva|iva|podatek|tax rate",
  discount: "discount|disc|korting|rabatt|remise|descuento|sconto|rabat",
  code: "code|sku|no|nr|number|pos|position|ref|reference|id|item no|article no|artikelnummer|part number",
  date: "date|datum|fecha|data|day",
};
const PHRASES = Object.entries(WORDS).flatMap(([concept, words]) => words.split("|").map((phrase): [string, Concept] => [phrase, concept as Concept])).sort((a, b) => b[0].length - a[0].length);
const SUM = /^(sub ?tota+l|tota+l|grand total|zwischensumme|gesamt|summe|sous total|somme|suma|razem|totale|netto)\b/;

/** Small letters without accents, words parted by single spaces. */
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\d]+/gu, " ").trim();

const within = (text: string, phrase: string): boolean => ` ${text} `.includes(` ${phrase} `);

/** What the longest phrase that stands in a text means. */
const meaning = (text: string): Concept | null => PHRASES.find(([phrase]) => within(text, phrase))?.[1] ?? null;

/** What a column asks for, by its name or its title. */
export const conceptOf = (part: Part): Concept | null => meaning(plain(part.name)) ?? meaning(plain(part.title));

/** How well a heading names a column, up to 1; 0 where it names another one, null where it says nothing. */
export function headingOf(heading: string, part: Part): number | null {
  const text = plain(heading);
  if (text === "") return null;
  if (text === plain(part.title) || text === plain(part.name)) return 1;
  if (within(text, plain(part.title))) return 0.9;
  const said = meaning(text);
  return said === null ? null : said === conceptOf(part) ? 0.8 : 0;
}

/** Whether a line that begins so is a sum of others; `described`: it has a description of its own. */
export const isSum = (text: string, described: boolean): boolean => SUM.test(plain(text)) && (!described || plain(text).split(" ").length <= 2);
