/** The time series that a question is about, if its field is a table that holds one. */
import { useMemo } from "react";
import type { Item, Question } from "../../api/types";
import { isMedia } from "../../media/prefetch";
import { seriesOf, type Series } from "../../media/series/series";

export function useSeries(question: Question, item: Item): Series | null {
  const value = question.field ? item.data[question.field] : undefined;
  return useMemo(() => (value === undefined || isMedia(value) ? null : seriesOf(value)), [value]);
}
