/** How the app's names for shapes are made from the generated schema, so that drift from the server does not compile. */
import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Explicit = { [K in keyof Schemas as K extends `milo.api.explicit.${infer Name}` ? Name : never]: Schemas[K] };

export type Narrow<Base, More extends { [K in keyof More]: K extends keyof Base ? Base[K] : never }> = Omit<Base, keyof More> & More;
/** As the browser writes it: what the server fills in may be left out. */
export type Given<Base, Default extends keyof Base> = Omit<Base, Default> & Partial<Pick<Base, Default>>;
/** Written in the browser and read from the server: what may be null there may also be left out here. */
export type Sparse<Base> = { [K in keyof Base as null extends Base[K] ? never : K]: Base[K] } & {
  [K in keyof Base as null extends Base[K] ? K : never]?: Base[K];
};
/** Parts in the app's own terms, each made of schema types by itself; only the keys are held against the schema. */
export type With<Base, Parts extends { [K in keyof Parts]: K extends keyof Base ? unknown : never }> = Omit<Base, keyof Parts> & Parts;
