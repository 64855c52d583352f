/** How far people agree on one question: overall, by label, by pair of people, and the items on which they differ most. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { agreementQuery } from "../../api/qualityQueries";
import type { AgreementReport, Help, Project } from "../../api/types";
import { ErrorNote, Note, Panel, Skeleton, TableFile } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { AgreementFigures } from "./AgreementFigures";
import { Big } from "./Big";
import { alphaMeaning } from "./figureWords";
import css from "./quality.module.css";

type Question = Project["spec"]["questions"][number];

export function AgreementTab({ project, question }: { project: Project; question: Question }) {
  const [help, setHelp] = useState<Help>("any");
  const found = useQuery(agreementQuery(project.id, question.name, help));
  const report = found.data?.report;
  return (
    <div className={layout.stack}>
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending || (found.data && !report) ? <Skeleton height={280} /> : null}
      {found.data && !found.data.fresh ? <Note>{report ? "Newer answers are being measured; these figures are from before." : "There are many answers: they are being measured."}</Note> : null}
      {report ? <Report project={project} report={report} help={help} onHelp={setHelp} /> : null}
    </div>
  );
}

interface ReportProps {
  project: Project;
  report: AgreementReport;
  help: Help;
  onHelp: (help: Help) => void;
}

function Report({ project, report, help, onHelp }: ReportProps) {
  const part = report.of_items > report.measured_items ? `, of ${count(report.of_items)} with two answers of any kind` : "";
  return (
    <>
      <Panel
        title={`Agreement of ${plural(report.n_people, "person", "people")}`}
        tools={report.n_assisted > 0 ? <HelpSwitch help={help} onHelp={onHelp} /> : undefined}
      >
        <div className={layout.stack}>
          <div className={css.headline}>
            <Big name="Krippendorff’s alpha" figure={report.alpha} main about="1 is perfect, 0 is chance" />
            <Big name="Answers that agree" figure={report.observed} asShare about="chance not taken off" />
            {report.others.map((one) => <Big key={one.name} name={one.name} figure={one.figure} about={one.about} />)}
          </div>
          {report.alpha.value === null ? null : <p>{alphaMeaning(report.alpha)}</p>}
          <p className={layout.help}>
            Measured on {plural(report.measured_items, "item")} with answers of two people or more{part}; {report.likeness}. Answers given
            to many items at once and planted checks do not count; of very many items a random part is measured. Intervals are 95%.
            {report.n_assisted > 0 ? ` ${plural(report.n_assisted, "answer")} of them ${report.n_assisted === 1 ? "was" : "were"} given with a suggestion on the screen${help === "any" ? ", which makes people agree more than they would by themselves" : " and left out"}.` : ""}
          </p>
        </div>
      </Panel>
      {report.measured_items > 0 ? <AgreementFigures report={report} /> : null}
      <Items project={project} report={report} />
    </>
  );
}

function HelpSwitch({ help, onHelp }: { help: Help; onHelp: (help: Help) => void }) {
  return (
    <div className={css.tabs} role="group" aria-label="Which answers count">
      <button type="button" className={css.tab} aria-pressed={help === "any"} onClick={() => onHelp("any")}>All answers</button>
      <button type="button" className={css.tab} aria-pressed={help === "none"} onClick={() => onHelp("none")}>Without help only</button>
    </div>
  );
}

function Items({ project, report }: { project: Project; report: AgreementReport }) {
  if (report.items.length === 0) return null;
  return (
    <Panel title="Where people differ most" tools={<ItemsFile report={report} />} flush>
      <div className={layout.scroll} style={{ maxHeight: 420 }} tabIndex={0} role="region" aria-label="Items on which people differ">
        <table className={layout.table}>
          <thead>
            <tr><th>Item</th><th className={layout.number}>Agreement</th><th className={layout.number}>Answers</th><th>What was answered</th></tr>
          </thead>
          <tbody>
            {report.items.map((item) => (
              <tr key={item.item_id}>
                <td>
                  <Link to="/p/$projectId/data" params={{ projectId: project.id }} search={{ item: item.item_id }}>
                    No. {count(item.item_id % 1_000_000_000)}
                  </Link>
                </td>
                <td className={layout.number}>{percent(item.agreement)}</td>
                <td className={layout.number}>{item.n_answers}</td>
                <td><div className={css.given}>{item.given.map(([text, n]) => <span key={text} dir="auto">{text} <small className="dim">× {n}</small></span>)}</div></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.more_items > 0 ? <p className={layout.help} style={{ padding: "8px 12px" }}>On {plural(report.more_items, "other item")} people agree as far or further.</p> : null}
    </Panel>
  );
}

function ItemsFile({ report }: { report: AgreementReport }) {
  const rows = () => report.items.map((item) => [item.item_id, item.agreement, item.n_answers, item.given.map(([text, n]) => `${text} × ${n}`).join(", ")]);
  return <TableFile file="items-people-differ-on" header={["item", "agreement", "answers", "what was answered"]} rows={rows} />;
}
