/** Plots: a figure with what it rests on and the table behind it, and the few shapes that are drawn. */
export { Figure } from "./Figure";
export type { Column, FigureProps, PlotLibrary } from "./Figure";
export { bars, calibration, intervals, lines, PALETTE } from "./shapes";
export type { Amount, Axis, Bin, Estimate, Step } from "./shapes";
