/** Every shape that travels between server and browser. */

export type * from "./shapes/project";
export type * from "./shapes/running";
export type * from "./shapes/work";
