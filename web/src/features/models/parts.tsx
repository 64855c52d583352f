/** What the cards of all models share: a fact with its name, and the quality on blind answers. */
import type { Model } from "../../api/types";
import { Button, Interval } from "../../ui";
import { percent } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { Curve } from "./Curve";
import css from "./models.module.css";
import { qualityView } from "./modelWords";

export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function QualityPart({ model, onTrust }: { model: Model; onTrust?: () => void }) {
  const view = qualityView(model.quality);
  return (
    <div className={css.quality} role="group" aria-label="Quality on blind answers">
      {view.kind === "value" ? (
        <>
          <div className={css.figure}>
            <strong>{percent(view.quality.accuracy)}</strong>
            <span className="dim">agree with people who did not see the suggestion</span>
          </div>
          <Interval {...view.quality} value={view.quality.accuracy} />
        </>
      ) : null}
      <div className={layout.row}>
        <p className={`${layout.help} ${layout.grow}`}>{view.text}</p>
        {onTrust ? <Button size="small" kind="quiet" onClick={onTrust}>Trust…</Button> : null}
      </div>
      <Curve points={model.curve} />
    </div>
  );
}
